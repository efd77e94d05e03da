#include "appraisal/boot/start_event.hpp"

#include "tpm/evidence/boot_replay.hpp"

#include <algorithm>

namespace muster::appraisal {

namespace {

constexpr std::uint32_t ev_no_action = 3;

boot_event event_of(hash_algorithm bank, std::uint8_t locality) {
  boot_event out;
  out.type = ev_no_action;
  out.digest = tpm::start_value(bank, 0, locality);
  out.text = "TPM2_Startup at locality " + std::to_string(locality);
  return out;
}

} // namespace

std::optional<boot_event> start_event(const boot_content& boot) {
  const auto quoted = std::ranges::find_if(
      boot.pcrs, [&](const pcr_claim& p) { return p.algorithm == boot.bank && p.index == 0; });
  if (quoted == boot.pcrs.end() || !crypto::supported(boot.bank)) return std::nullopt;
  crypto::hasher hash{boot.bank};
  for (const auto locality : tpm::startup_localities) {
    auto value = tpm::start_value(boot.bank, 0, locality);
    for (const auto& event : boot.events)
      if (event.pcr == 0) hash.extend(value, event.digest.view());
    if (value == quoted->value) return event_of(boot.bank, locality);
  }
  return std::nullopt;
}

} // namespace muster::appraisal
