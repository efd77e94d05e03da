// Whether the present boot log agrees with the one that was verified earlier in this boot of the TPM.
#pragma once

#include "appraisal/attestation/attestation_outcome.hpp"
#include "appraisal/reference/reference_choice.hpp"
#include "messages/vocabulary/finding.hpp"
#include "tpm/evidence/boot_log.hpp"

namespace muster::appraisal {

/// Zero is the strict one.
enum class continuity : std::uint8_t {
  same_boot =
      0, ///< the TPM counts no reset, and either no restart or one that left all verified values in place
  another_boot = 1 ///< nothing that was verified before has to hold now
};

/// The evidence of the present attestation.
struct reported_boot {
  tpm::clock_info clock;
  continuity goes_on = continuity::same_boot;
  std::optional<bytes32> boot_log;             ///< SHA-256 of the boot log, as the manifest states it
  const tpm::verified_boot_log* log = nullptr; ///< null if nothing could be compared
};

/// Findings of kind event, since claims that are computed again cannot give them (docs/checks.md 10, P4):
///   "event.boot-log-changed"  the boot is the one on record, but the log is another: a failure. If the log
///                             is gone, a warning, since kexec can lose it
///   "boot.unexplained"        the TPM counts a restart after which the boot is not the one on record, yet
///                             the log continues from the recorded value of a PCR of the operating system,
///                             so that PCR was extended in between
/// If `recorded` is null, there is nothing to compare with and no finding.
std::vector<finding> appraise_boot_story(const recorded_boot* recorded, const reported_boot& now,
                                         const reference_choice& reference);

} // namespace muster::appraisal
