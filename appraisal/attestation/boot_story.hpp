// Whether the boot log of now tells the same as the one that was verified earlier in this boot of the TPM.
#pragma once

#include "appraisal/attestation/attestation_outcome.hpp"
#include "appraisal/reference/reference_choice.hpp"
#include "messages/vocabulary/finding.hpp"
#include "tpm/evidence/boot_log.hpp"

namespace muster::appraisal {

/// Zero is the strict one.
enum class continuity : std::uint8_t {
  same_boot =
      0, ///< the TPM counts no reset, and no restart, or one that changed nothing of what was verified
  another_boot = 1 ///< nothing that was verified need hold any more
};

/// What came this time.
struct told_boot {
  tpm::clock_info clock;
  continuity goes_on = continuity::same_boot;
  std::optional<bytes32> boot_log;             ///< SHA-256 of it, as the manifest says
  const tpm::verified_boot_log* log = nullptr; ///< null where nothing could be compared
};

/// Of kind event, since claims that are computed again do not have it (docs/checks.md 10, P4):
///   "event.boot-log-changed"  the boot is the one on record, and the log is another: a failure. A log that
///   is
///                             not there any more, a warning: kexec can lose it
///   "boot.unexplained"        the TPM counts a restart after which the boot is not the one on record, and
///   the
///                             log continues from the recorded value of a PCR of the operating system: that
///                             was extended in between
/// `recorded` may be null: then there is nothing to compare with.
std::vector<finding> appraise_boot_story(const recorded_boot* recorded, const told_boot& now,
                                         const reference_choice& reference);

} // namespace muster::appraisal
