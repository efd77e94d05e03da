// PCR values, by bank and index.
#pragma once

#include "crypto/digest.hpp"
#include "tpm/format/pcr_selection.hpp"

namespace muster::tpm {

/// At most `max_pcr_banks` banks of `pcr_count` registers; each bank that has a value takes 1.5 KiB. The
/// values are claims until `verify_pcr_values` has compared them with a quote.
class pcr_values {
public:
  /// Sets or replaces one value. fault malformed: index above 23, or the length is not that of the bank's
  /// digests.
  status set(hash_algorithm bank, unsigned index, byte_view value);

  /// Empty if there is no such value.
  byte_view get(hash_algorithm bank, unsigned index) const noexcept;

  /// The values that are set; banks are in the order of their first value.
  pcr_selection present() const noexcept;

private:
  struct bank_values {
    hash_algorithm bank;
    std::uint32_t present = 0;
    std::array<crypto::digest, pcr_count> values;
  };

  std::vector<bank_values> banks_; // most quotes have one bank; an array would copy four more for nothing
};

/// H(value || value || ...) of all selected values, in selection order: banks as listed, indices ascending.
/// This is the pcrDigest of TPMS_QUOTE_INFO if `algorithm` is the hash of the signature scheme. Allocates
/// nothing; one call hashes at most 24 KiB. Empty if a selected value is missing.
crypto::digest digest_of(const pcr_values& values, const pcr_order& order, hash_algorithm algorithm);
inline crypto::digest digest_of(const pcr_values& values, const pcr_selection& selection,
                                hash_algorithm algorithm) {
  return digest_of(values, pcr_order{selection}, algorithm);
}

} // namespace muster::tpm
