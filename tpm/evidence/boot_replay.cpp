#include "tpm/evidence/boot_replay.hpp"

namespace muster::tpm {
namespace {

constexpr std::string_view locality_signature{"StartupLocality\0", 16};

} // namespace

crypto::digest start_value(hash_algorithm bank, unsigned pcr, std::uint8_t locality) noexcept {
  std::array<std::uint8_t, crypto::digest::max_size> raw{};
  const auto size = digest_size(bank);
  if (pcr >= 17 && pcr <= 22) raw.fill(0xff);
  if (pcr == 0) raw[size - 1] = locality;
  return crypto::digest{byte_view{raw}.first(size)};
}

// TCG_EfiStartupLocalityEvent (PFP 1.05, 10.4.5.3): BYTE signature[16]; UINT8 locality
std::optional<std::uint8_t> stated_locality(const event_log& log) noexcept {
  for (const auto& event : log.events())
    if (!event.measured() && event.data.size() == locality_signature.size() + 1
        && as_text(event.data).starts_with(locality_signature))
      return event.data.back();
  return {};
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

} // namespace muster::tpm
