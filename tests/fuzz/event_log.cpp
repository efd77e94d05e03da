// Boot logs: parse, describe every event, compare its digests with its data, replay every bank from each possible
// start. Views must stay within the input.
#include "tpm/evidence/boot_replay.hpp"
#include "tpm/format/event_digest.hpp"
#include "tpm/format/event_text.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace muster;
  const auto log = tpm::parse_event_log({data, size});
  if (!log) return 0;
  if (log->banks().empty()) std::abort(); // else nothing of the log could be believed
  for (const auto& bank : log->incomplete_banks())
    if (log->events().at(bank.event).number != bank.event) std::abort();
  for (const auto& bank : log->banks()) {
    const auto known = hash_algorithm_from(bank.algorithm);
    if (!known || !crypto::supported(*known)) continue;
    for (const auto& event : log->events()) {
      const auto text = tpm::describe_event(event, log->digest(event, *known), *known);
      // The text goes to terminals, so it must not have control characters.
      for (const auto c : text.label + text.text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) std::abort();
      if (event.measured() && log->digest(event, *known).size() != digest_size(*known)) std::abort();
    }
    for (const auto& event : log->events())
      (void)tpm::compare_data(event, log->digest(event, *known), *known);
    crypto::hasher hash{*known};
    const auto starts = tpm::possible_starts(*log);
    if (starts.empty()) std::abort();
    for (const auto& start : starts)
      (void)tpm::replay_bank(*log, hash, ~0U, start.locality);
  }
  return 0;
}
