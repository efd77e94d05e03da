#include "tpm/format/pcr_values.hpp"

namespace muster::tpm {

const pcr_values::bank_values* pcr_values::find(hash_algorithm bank) const noexcept {
  const auto found = std::ranges::find(banks_, bank, &bank_values::bank);
  return found == banks_.end() ? nullptr : &*found;
}

status pcr_values::set(hash_algorithm bank, unsigned index, byte_view value) {
  if (index >= pcr_count) return fault{errc::malformed, "pcr-values: a PCR above 23"};
  if (value.size() != digest_size(bank))
    return fault{errc::malformed, "pcr-values: length is not the bank's"};
  auto found = std::ranges::find(banks_, bank, &bank_values::bank);
  if (found == banks_.end()) {
    if (banks_.size() == max_pcr_banks) return fault{errc::limit, "pcr-values: too many banks"};
    found = banks_.insert(banks_.end(), bank_values{bank, 0, {}});
  }
  found->present |= 1U << index;
  found->values[index] = crypto::digest{value};
  return {};
}

byte_view pcr_values::get(hash_algorithm bank, unsigned index) const noexcept {
  const auto* found = find(bank);
  return found != nullptr && index < pcr_count ? found->values[index].view() : byte_view{};
}

pcr_selection pcr_values::present() const noexcept {
  pcr_selection out;
  for (const auto& one : banks_)
    (void)out.add(one.bank, one.present); // cannot fail: `set` kept the same bounds
  return out;
}

crypto::digest digest_of(const pcr_values& values, const pcr_selection& selection, hash_algorithm algorithm) {
  // On the stack and left as it is: filled below as far as it is read.
  std::array<std::uint8_t, max_pcr_banks * pcr_count * crypto::digest::max_size> buffer;
  auto* end = buffer.data();
  for (const auto& [bank, mask] : selection)
    for (unsigned index = 0; index < pcr_count; ++index) {
      if ((mask >> index & 1U) == 0) continue;
      const auto value = values.get(bank, index);
      if (value.empty()) return {};
      end = std::copy(value.begin(), value.end(), end);
    }
  return crypto::hash(algorithm, byte_view{buffer.data(), end});
}

} // namespace muster::tpm
