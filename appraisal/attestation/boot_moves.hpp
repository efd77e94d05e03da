// How the PCRs of a boot changed since its last attestation.
#pragma once

#include "appraisal/attestation/attestation_outcome.hpp"

namespace muster::appraisal {

/// The changes between two attestations without a reset of the TPM between them. Zero is the bad news.
struct boot_moves {
  /// Only PCRs of the operating system changed, and the record says what extended them so far. The boot log
  /// is not needed.
  bool followed = false;
  std::vector<tpm::after_log> after_log; ///< what extended the PCRs until now; meaningless unless `followed`
  std::vector<std::uint8_t> unexplained; ///< PCRs whose change is not a boot phase that could come next
};

/// Compares `now` with the record. A PCR that entries extended is left out if it is in `given_to_ima` (the
/// policy's word, not the list's), for each of its entries was judged. All other PCRs are compared, whatever
/// PCR an entry names. `unexplained` is valid even if `followed` is false.
boot_moves moves_since(const recorded_boot& recorded, const tpm::log_state& now, std::uint32_t given_to_ima);

} // namespace muster::appraisal
