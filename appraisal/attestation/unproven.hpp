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

/// What the machine told in its own session, and what no complete attestation proves: evidence that was cut
/// off, refused, or ran ahead of its quote. It may only make things worse (docs/checks.md P7).
/// "evidence.unproven", a failure of kind evidence, in the words of the worst of `found`; none if no failure
/// is among them.
std::optional<finding> unproven_finding(const std::vector<finding>& found);

/// Whether it is one of those.
bool is_unproven(const finding& f) noexcept;

/// The same for entries of an IMA log, from its entry `first` on: what the policy makes a failure of.
std::optional<finding> appraise_told(std::span<const tpm::ima_run> told, std::uint64_t first,
                                     const reference_choice& reference, const policy& rules,
                                     const hash_seed& seed, const cpu_budget& budget);

/// What an outcome leaves that comes too late to count: of a session that ended, behind its deadline. A
/// failure stays one; of anything else the bad news stay, and that the boot on record ended (`again`, with
/// nothing but `ended`). Null if there are none.
std::shared_ptr<const attestation_outcome> bad_news_of(std::shared_ptr<const attestation_outcome> late);

} // namespace muster::appraisal
