// How the PCRs of a boot moved since the last attestation of it.
#pragma once

#include "appraisal/attestation/attestation_outcome.hpp"

namespace muster::appraisal {

/// Between two attestations that the TPM was not reset between. Zero is the bad news.
struct boot_moves {
  /// All that moved are PCRs of the operating system, and the record says what extended them so far: nothing
  /// needs to be looked up in the boot log.
  bool followed = false;
  std::vector<tpm::after_log> after_log; ///< what extended the PCRs until now; meaningless unless `followed`
  std::vector<std::uint8_t>
      unexplained; ///< PCRs that moved by something other than a phase that could come next
};

/// PCRs of `given_to_ima` (the policy's word, not the list's) that entries extended play no part: each entry
/// was judged. Any other PCR stays looked at, whatever PCR an entry says. `unexplained` counts also where
/// something else moved, too.
boot_moves moves_since(const recorded_boot& recorded, const tpm::log_state& now, std::uint32_t given_to_ima);

} // namespace muster::appraisal
