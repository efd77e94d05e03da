#include "tpm/evidence/boot_replay.hpp"

#include "tpm/evidence/log_state.hpp"

#include <algorithm>

namespace muster::tpm {

crypto::digest start_value(hash_algorithm bank, unsigned pcr, std::uint8_t locality) noexcept {
  std::array<std::uint8_t, crypto::digest::max_size> raw{};
  const auto size = digest_size(bank);
  if (pcr >= 17 && pcr <= 22) raw.fill(0xff);
  if (pcr == 0) raw[size - 1] = locality;
  return crypto::digest{byte_view{raw}.first(size)};
}

bool is_start_value(hash_algorithm bank, unsigned pcr, byte_view value) noexcept {
  if (pcr != 0) return same(start_value(bank, pcr).view(), value);
  return std::ranges::any_of(startup_localities, [&](std::uint8_t locality) {
    return same(start_value(bank, 0, locality).view(), value);
  });
}

std::uint32_t measured_pcrs(const event_log& log) noexcept {
  std::uint32_t out = 0;
  for (const auto& event : log.events())
    if (event.measured()) out |= 1U << event.pcr;
  return out;
}

replayed_bank replay_bank(const event_log& log, crypto::hasher& hash, std::uint32_t mask,
                          std::uint8_t locality) {
  replayed_bank out;
  out.bank = hash.algorithm();
  for (unsigned pcr = 0; pcr < pcr_count; ++pcr)
    out.values[pcr] = start_value(out.bank, pcr, locality);
  for (const auto& event : log.events()) {
    if (!event.measured() || (mask >> event.pcr & 1U) == 0) continue;
    hash.extend(out.values[event.pcr], log.digest(event, out.bank));
    out.extended |= 1U << event.pcr;
  }
  return out;
}

result<pcr_values> values_after(const event_log* log, const pcr_selection& quoted, std::uint8_t locality) {
  auto start = first_log_state(quoted);
  if (!start) return start.fault();
  auto out = std::move(start->values);
  for (const auto& bank : quoted) {
    if (log == nullptr || !log->has_bank(bank.algorithm)) continue;
    crypto::hasher hash{bank.algorithm};
    const auto mask = bank.mask & ~default_ima_pcrs;
    const auto replayed = replay_bank(*log, hash, mask, locality);
    for (unsigned pcr = 0; pcr < pcr_count; ++pcr)
      if ((mask >> pcr & 1U) != 0)
        if (auto put = out.set(bank.algorithm, pcr, replayed.values[pcr].view()); !put) return put.fault();
  }
  return out;
}

} // namespace muster::tpm
