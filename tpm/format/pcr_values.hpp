// Values of PCRs, by bank and index.
#pragma once

#include "crypto/digest.hpp"
#include "tpm/format/pcr_selection.hpp"

namespace muster::tpm {

/// At most `max_pcr_banks` banks of `pcr_count` registers, in one block of about 8 KiB without heap: cheap to
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
    std::uint32_t present = 0;
    std::array<crypto::digest, pcr_count> values;
  };

  std::size_t find(hash_algorithm bank) const noexcept;

  std::array<hash_algorithm, max_pcr_banks> order_{};
  std::array<bank_values, max_pcr_banks> banks_;
  std::size_t size_ = 0;
};

/// H(value || value || ...) of everything selected, in selection order: banks as listed, indices rising. This
/// is the pcrDigest of TPMS_QUOTE_INFO if `algorithm` is the hash of the signature scheme. Allocates nothing;
/// one call costs one hash of at most 7,680 bytes. Empty if a selected value is missing.
crypto::digest digest_of(const pcr_values& values, const pcr_selection& selection, hash_algorithm algorithm);

} // namespace muster::tpm
