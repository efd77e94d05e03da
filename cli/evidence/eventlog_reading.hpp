// What `muster eventlog` shows of a log, as a value.
#pragma once

#include "cli/evidence/register_name.hpp"
#include "tpm/evidence/boot_replay.hpp"
#include "tpm/format/event_text.hpp"

namespace muster::cli {

/// How far an event's text can be believed.
enum class text_mark : std::uint8_t {
  hint,       ///< no digest covers it
  proven,     ///< the digest is of what the text shows
  unmeasured, ///< EV_NO_ACTION: nothing was extended
  differs     ///< the digest must be of the data, and is not: another text was measured
};
std::string_view to_string(text_mark mark) noexcept;

struct read_event {
  const tpm::logged_event* event = nullptr;
  byte_view digest; ///< in the bank that is shown
  tpm::event_text text;
  text_mark mark = text_mark::hint;
  std::vector<hash_algorithm> differing; ///< banks whose digest is not of the data, though it should be
};

/// PCR 0 of all banks, from one of its possible starts.
struct read_start {
  tpm::pcr0_start start;
  std::vector<crypto::digest> values; ///< in the order of the banks
};

struct eventlog_reading {
  log_registers registers = log_registers::of_tpm;
  std::vector<hash_algorithm> banks;            ///< that this build can compute
  hash_algorithm bank = hash_algorithm::sha256; ///< that is shown
  std::vector<read_event> events;
  std::vector<tpm::replayed_bank> replayed; ///< from `starts[0]`; empty if the log was not read to its end
  std::vector<read_start> starts;           ///< empty if nothing was measured into PCR 0
};

/// Reads a log that has at least one bank that can be computed. `whole`: it was read to its end; otherwise no
/// values are computed, because they would be mistaken for the machine's. `log` must outlive the result.
enum class log_end : std::uint8_t { damaged = 0, whole = 1 };
eventlog_reading read_events(const tpm::event_log& log, log_end end, log_registers registers);

/// The banks of the log that this build can compute.
std::vector<hash_algorithm> computable_banks(const tpm::event_log& log);

} // namespace muster::cli
