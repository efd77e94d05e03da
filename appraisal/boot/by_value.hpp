// PCRs of the firmware that are compared by the value that the policy binds (docs/checks.md 43).
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "messages/vocabulary/finding.hpp"

namespace muster::appraisal {

/// The claims without what the log says of PCRs whose value the policy binds: events, oddities and, with PCR
/// 7, Secure Boot. They are marked in `boot_content::by_value`. It makes no difference whether the log
/// explains such a PCR, so root on the machine gains nothing by a log that does not.
boot_claims compared_by_value(const boot_claims& claims, const policy& p);

/// "boot.by-value": a note for each PCR whose value the policy binds; a failure, which no policy weighs, for
/// each other PCR that the log contradicts.
std::vector<finding> appraise_by_value(const boot_claims& claims, const policy& p);

} // namespace muster::appraisal
