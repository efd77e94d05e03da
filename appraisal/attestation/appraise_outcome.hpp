// What the evidence of one attestation is worth under a set and a policy.
#pragma once

#include "appraisal/attestation/attestation_outcome.hpp"
#include "appraisal/claims/cpu_budget.hpp"
#include "appraisal/files/seen_claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "appraisal/reference/reference_choice.hpp"

namespace muster::appraisal {

/// Puts the findings of `out` in the place of those that it had: of its claims (the boot's, if it has them,
/// and the files), and of what was told and no quote covers. Findings that claims cannot give again stay. Of
/// evidence that did not verify, all stay.
/// By this the evidence is judged when it came, and by whoever decides on it once another set or policy is in
/// force (docs/checks.md P9). Signatures stay as they were verified: where other keys are pinned now, only
/// whole logs tell.
void appraise_outcome(attestation_outcome& out, const reference_choice& reference, const policy& rules,
                      const hash_seed& seed = {}, const cpu_budget& budget = {});

} // namespace muster::appraisal
