// What is wrong with a boot by itself, without any reference.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "messages/vocabulary/finding.hpp"

namespace muster::appraisal {

/// Findings about the structure of the boot log (docs/checks.md 14 to 16), a missing log, Secure Boot, how
/// the IMA log is bound to the boot (18), how strong its banks are (22), and whether it is proven that IMA
/// was told to measure (24).
std::vector<finding> appraise_boot_structure(const boot_claims& claims, const policy& p);

} // namespace muster::appraisal
