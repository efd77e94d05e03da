// Values of PCRs, by bank and index.
#pragma once

#include "crypto/digest.hpp"
#include "tpm/format/pcr_selection.hpp"

#include <vector>

namespace muster::tpm {

/// At most `max_pcr_banks` banks of `pcr_count` registers, 1.5 KiB for each bank that is there: cheap to
/// change one value in and hash again. The values are claims until `verify_pcr_values` compared them with a
/// quote.
class pcr_values {
public:
  /// Sets or replaces one value. fault malformed: index above 23, or the length is not that of the bank's
  /// digest.
  status set(hash_algorithm bank, unsigned index, byte_view value);

  /// Empty if the value is not there.
  byte_view get(hash_algorithm bank, unsigned index) const noexcept;

  /// Which values are there, banks in the order of their first value.
  pcr_selection present() const noexcept;

private:
  struct bank_values {
    hash_algorithm bank = hash_algorithm::sha256;
    std::uint32_t present = 0;
    std::array<crypto::digest, pcr_count> values;
  };

  const bank_values* find(hash_algorithm bank) const noexcept;

  std::vector<bank_values> banks_; // in the order of their first value
};

/// H(value || value || ...) of everything selected, in selection order: banks as listed, indices rising. This
/// is the pcrDigest of TPMS_QUOTE_INFO if `algorithm` is the hash of the signature scheme. Allocates nothing;
/// one call costs one hash of at most 7,680 bytes. Empty if a selected value is missing.
crypto::digest digest_of(const pcr_values& values, const pcr_selection& selection, hash_algorithm algorithm);

} // namespace muster::tpm
