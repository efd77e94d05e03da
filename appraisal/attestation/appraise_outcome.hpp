// Judges the evidence of one attestation under a reference set and a policy.
#pragma once

#include "appraisal/attestation/attestation_outcome.hpp"
#include "appraisal/claims/cpu_budget.hpp"
#include "appraisal/files/seen_claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "appraisal/reference/reference_choice.hpp"

namespace muster::appraisal {

/// Replaces the findings of `out` by those under this set and policy: findings about its claims (of the boot,
/// if it has them, and of the files), and about entries that no quote covers. Findings that cannot be derived
/// from claims stay. If the evidence did not verify, all findings stay.
/// The attestation calls this when the evidence has arrived. Code that decides on it later, when another set
/// or policy is in force, calls it again (docs/checks.md P9). The results of signature verification stay: if
/// other keys are pinned now, only whole logs can decide.
void appraise_outcome(attestation_outcome& out, const reference_choice& reference, const policy& rules,
                      const hash_seed& seed = {}, const cpu_budget& budget = {});

} // namespace muster::appraisal
