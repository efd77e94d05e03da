// What a policy wants proven about a boot, with or without a reference.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/kernel/kernel_command_line.hpp"
#include "appraisal/policy/policy.hpp"
#include "appraisal/reference/reference_choice.hpp"
#include "messages/vocabulary/finding.hpp"

#include <vector>

namespace muster::appraisal {

/// One finding for each demand of `p.require` that is not met, of kind claim, weighed by the policy:
///   "require.secure-boot", "require.dbx", "require.command-line", "require.boot-aggregate",
///   "require.ima-policy", "require.firmware", "require.pk", "require.kek", "require.db", "require.mok",
///   "require.option-roms", "require.unified-kernel"
/// A demand is met only by claims that a digest of the quoted log covers. What the log does not prove does
/// not meet it. What must not be there is looked for in `told`, which has all claims of the boot when
/// `claims` is only a part of them (believed_claims.hpp); null if `claims` has all. `reference` says which
/// IMA policies are known; without a reference any policy will do, so that a machine can teach.
std::vector<finding> appraise_required_claims(const boot_claims& claims, const policy& p,
                                              const reference_choice& reference = {},
                                              const boot_claims* told = nullptr);

/// One cause, one finding: removes from `told` what a finding of `missing` says with at least as much weight.
void drop_what_is_required(std::vector<finding>& told, const std::vector<finding>& missing);

/// The kernel's command line, as far as the boot log proves it.
known_command_line command_line_of(const boot_content& boot);

/// The firmware's version as PCR 0 proves it (EV_S_CRTM_VERSION). Null if nothing proves it, or if there are
/// several.
const std::string* proven_firmware_version(const boot_content& boot) noexcept;

} // namespace muster::appraisal
