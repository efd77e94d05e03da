// Bad news that no quote covers.
#pragma once

#include "appraisal/attestation/attestation_outcome.hpp"
#include "appraisal/claims/cpu_budget.hpp"
#include "appraisal/files/seen_claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "appraisal/reference/reference_choice.hpp"
#include "messages/vocabulary/finding.hpp"
#include "tpm/evidence/ima_runs.hpp"

#include <memory>
#include <optional>
#include <span>

namespace muster::appraisal {

// A machine may report in its own session what no complete attestation proves: evidence that was cut off,
// refused, or ran ahead of its quote. Such evidence may only make things worse (docs/checks.md P7).

/// "evidence.unproven", a failure of kind evidence, in the words of the first failure of `found`; none if
/// `found` has no failure.
std::optional<finding> unproven_finding(const std::vector<finding>& found);

/// Whether `f` is "evidence.unproven".
bool is_unproven(const finding& f) noexcept;

/// "evidence.unproven" for entries of an IMA log, from its entry `first` on, if the policy makes any of them
/// a failure.
std::optional<finding> appraise_reported(std::span<const tpm::ima_run> told, std::uint64_t first,
                                         const reference_choice& reference, const policy& rules,
                                         const hash_seed& seed, const cpu_budget& budget);

/// Reduces an outcome that comes too late to count, after its session or its deadline has ended. A failure
/// stays as it is. Of any other outcome only the bad news remains, and the fact that the recorded boot ended
/// (`again` with nothing but `ended`). Null if neither remains.
std::shared_ptr<const attestation_outcome> bad_news_of(std::shared_ptr<const attestation_outcome> late);

} // namespace muster::appraisal
