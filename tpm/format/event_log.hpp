// The boot log of firmware and boot loaders, as Linux exposes it (binary_bios_measurements).
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "messages/vocabulary/log_caps.hpp"
#include "messages/vocabulary/result.hpp"
#include "tpm/format/event_type.hpp"
#include "tpm/format/pcr_selection.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace muster::tpm {

enum class event_log_format : std::uint8_t {
  sha1_only,   ///< TCG_PCClientPCREvent throughout: TPM 1.2, or old firmware with TPM 2.0
  crypto_agile ///< "Spec ID Event03" first, then TCG_PCR_EVENT2
};

/// A bank that the header of the log declares. We may not be able to compute its algorithm.
struct event_log_bank {
  std::uint16_t algorithm = 0;   ///< TPM_ALG_ID
  std::uint16_t digest_size = 0; ///< bytes
};

/// A declared bank that cannot be replayed, because a measured event has no digest for it.
struct incomplete_bank {
  event_log_bank bank;
  std::uint32_t event = 0; ///< number of the first such event
};

/// For people: "sha1 is left out: event 7 has no digest for it".
std::string to_string(const incomplete_bank& bank);

/// One event, as views into the log. Nothing here is believed until `verify_boot_log` has replayed it.
struct logged_event {
  std::uint32_t number = 0; ///< position in the log, from 0 and with the header event, as tools number it
  std::size_t offset = 0;   ///< of its first byte in the log
  std::uint32_t pcr = 0;    ///< below `pcr_count`, except for EV_NO_ACTION
  event_type type{};
  byte_view digests; ///< as logged; read it through `event_log::digest`
  byte_view data;

  /// Whether the event was extended into its PCR at all.
  bool measured() const noexcept { return type != event_type::no_action; }
};

/// A parsed log. It holds views, so the parsed bytes must outlive it.
class event_log {
public:
  static constexpr std::size_t max_bytes = max_boot_log;
  static constexpr std::size_t max_events = 16'384;
  static constexpr std::size_t max_event_data = 1U << 20U;
  static constexpr std::size_t max_banks = 8;

  event_log_format format() const noexcept { return format_; }
  /// The declared banks that each measured event has a digest for, at least one.
  std::span<const event_log_bank> banks() const noexcept { return banks_; }
  /// The other declared banks, for a note: nothing is replayed in them.
  std::span<const incomplete_bank> incomplete_banks() const noexcept { return incomplete_; }
  bool has_bank(hash_algorithm bank) const noexcept;
  /// In the order of the log. In a crypto-agile log, number 0 is the header.
  const std::vector<logged_event>& events() const noexcept { return events_; }
  /// The event's digest for that bank; empty if it has none (the header event, EV_NO_ACTION, an incomplete
  /// bank).
  byte_view digest(const logged_event& event, hash_algorithm bank) const noexcept;
  /// The number of padding bytes, all 0x00 or all 0xff, after the last event.
  std::size_t padding() const noexcept { return padding_; }

private:
  friend class event_log_reader;
  event_log_format format_ = event_log_format::sha1_only;
  std::vector<event_log_bank> declared_;
  std::vector<event_log_bank> banks_;
  std::vector<incomplete_bank> incomplete_;
  std::vector<logged_event> events_;
  std::size_t padding_ = 0;
};

/// TCG PC Client Platform Firmware Profile 1.05, 10.2: a crypto-agile log or, if there is no header event,
/// the old SHA-1 log. Strict where replay depends on it:
///   - the header declares 1 to 8 distinct algorithms; the digest size of each known one is right
///   - an event has at most one digest for each declared bank, in any order, and no others. Some firmware and
///     Windows leave digests out: a bank that a measured event lacks is not one of `banks`. It is a fault if
///     that leaves none
///   - a measured event names a PCR below 24
///   - only padding may follow the last event: all 0x00 or all 0xff to the end (CCEL has it)
/// Faults: malformed (with event number and offset), limit.
/// The result promises nothing. No digest covers the types, EV_NO_ACTION and most event data.
result<event_log> parse_event_log(byte_view input);

/// The readable beginning of a log, and why reading ended. For people who look at a damaged log, never for
/// evidence.
struct event_log_beginning {
  event_log log;
  status ended; ///< success, or the fault of `parse_event_log`
};
event_log_beginning read_event_log(byte_view input);

} // namespace muster::tpm
