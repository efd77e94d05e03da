#include "tpm/format/pcr_values.hpp"

namespace muster::tpm {

status pcr_values::set(hash_algorithm bank, unsigned index, byte_view value) {
  if (index >= pcr_count) return fault{errc::malformed, "pcr-values: a PCR above 23"};
  if (value.size() != digest_size(bank))
    return fault{errc::malformed, "pcr-values: length is not the bank's"};
  auto at = std::ranges::find(banks_, bank, &bank_values::bank);
  if (at == banks_.end()) {
    if (banks_.size() == max_pcr_banks) return fault{errc::limit, "pcr-values: too many banks"};
    at = banks_.insert(at, bank_values{bank, 0, {}});
  }
  at->present |= 1U << index;
  at->values[index] = crypto::digest{value};
  return {};
}

byte_view pcr_values::get(hash_algorithm bank, unsigned index) const noexcept {
  const auto at = std::ranges::find(banks_, bank, &bank_values::bank);
  return at != banks_.end() && index < pcr_count ? at->values[index].view() : byte_view{};
}

pcr_selection pcr_values::present() const noexcept {
  pcr_selection out;
  for (const auto& [bank, present, values] : banks_)
    (void)out.add(bank, present); // cannot fail: `set` enforces the same bounds
  return out;
}

crypto::digest digest_of(const pcr_values& values, const pcr_order& order, hash_algorithm algorithm) {
  // On the stack and uninitialized: the loop fills what is then read.
  std::array<std::uint8_t, pcr_order::max_entries * pcr_count * crypto::digest::max_size> buffer;
  auto* end = buffer.data();
  for (const auto& [bank, mask] : order) {
    const auto size = digest_size(bank);
    for (unsigned index = 0; index < pcr_count; ++index) {
      if ((mask >> index & 1U) == 0) continue;
      const auto value = values.get(bank, index);
      if (value.size() != size) return {}; // missing: `set` accepts no other length
      end = std::copy_n(value.begin(), size, end);
    }
  }
  return crypto::hash(algorithm, byte_view{buffer.data(), end});
}

} // namespace muster::tpm
