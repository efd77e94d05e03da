#include "cli/evidence/eventlog_reading.hpp"

#include "tpm/format/event_digest.hpp"

#include <algorithm>

namespace muster::cli {

namespace {

/// SHA-256 if the log has it, otherwise its last bank, which usually is the strongest.
hash_algorithm shown_bank(const std::vector<hash_algorithm>& banks) {
  for (const auto bank : banks)
    if (bank == hash_algorithm::sha256) return bank;
  return banks.back();
}

/// The banks in which the digest is not of the data. If it is in one bank, it must be in each, whatever the
/// event is.
std::vector<hash_algorithm> differing_banks(const tpm::event_log& log, const tpm::logged_event& event,
                                            const std::vector<hash_algorithm>& banks) {
  std::vector<hash_algorithm> differ;
  bool any_matches = false;
  bool any_differs = false;
  for (const auto bank : banks) {
    const auto digest = log.digest(event, bank);
    if (digest.empty()) continue;
    const auto match = tpm::compare_data(event, digest, bank);
    any_matches = any_matches || match == tpm::data_match::matches;
    any_differs = any_differs || match == tpm::data_match::differs;
    if (match != tpm::data_match::matches) differ.push_back(bank);
  }
  if (!any_matches && !any_differs) differ.clear();
  return differ;
}

read_event read_one(const tpm::event_log& log, const tpm::logged_event& event,
                    const eventlog_reading& reading) {
  read_event out;
  out.event = &event;
  out.digest = log.digest(event, reading.bank);
  out.text = tpm::describe_event(event, out.digest, reading.bank);
  if (!event.measured()) {
    out.mark = text_mark::unmeasured;
    return out;
  }
  out.differing = differing_banks(log, event, reading.banks);
  if (std::ranges::find(out.differing, reading.bank) != out.differing.end())
    out.mark = text_mark::differs;
  else if (out.text.covered == tpm::coverage::digest)
    out.mark = text_mark::proven;
  return out;
}

/// TDX has no localities: its registers start with zeros.
std::vector<tpm::pcr0_start> starts_of(const tpm::event_log& log, log_registers registers) {
  return registers == log_registers::of_tpm ? tpm::possible_starts(log) : std::vector<tpm::pcr0_start>{{}};
}

void replay(const tpm::event_log& log, eventlog_reading& out) {
  const auto starts = starts_of(log, out.registers);
  std::vector<crypto::hasher> hashers;
  for (const auto bank : out.banks) {
    hashers.emplace_back(bank);
    out.replayed.push_back(tpm::replay_bank(log, hashers.back(), tpm::all_pcrs, starts.front().locality));
  }
  if (out.registers != log_registers::of_tpm || (tpm::measured_pcrs(log) & 1U) == 0) return;
  for (const auto& start : starts) {
    read_start one{start, {}};
    for (auto& hash : hashers)
      one.values.push_back(tpm::replay_bank(log, hash, 1U, start.locality).values[0]);
    out.starts.push_back(std::move(one));
  }
}

} // namespace

std::string_view to_string(text_mark mark) noexcept {
  switch (mark) {
  case text_mark::proven: return "proven";
  case text_mark::unmeasured: return "unmeasured";
  case text_mark::differs: return "differs";
  case text_mark::hint: break;
  }
  return "hint";
}

std::vector<hash_algorithm> computable_banks(const tpm::event_log& log) {
  std::vector<hash_algorithm> out;
  for (const auto& bank : log.banks())
    if (const auto known = hash_algorithm_from(bank.algorithm); known && crypto::supported(*known))
      out.push_back(*known);
  return out;
}

eventlog_reading read_events(const tpm::event_log& log, log_end end, log_registers registers) {
  eventlog_reading out;
  out.registers = registers;
  out.banks = computable_banks(log);
  out.bank = shown_bank(out.banks);
  for (const auto& event : log.events())
    out.events.push_back(read_one(log, event, out));
  if (end == log_end::whole) replay(log, out);
  return out;
}

} // namespace muster::cli
