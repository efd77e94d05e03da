// Compares the signature of a file with what a policy wants signed.
#pragma once

#include "appraisal/claims/file_claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "messages/vocabulary/finding.hpp"

#include <optional>

namespace muster::appraisal {

/// Whether the policy takes a signature for a reference, and this file has one that holds.
bool accepted_by_signature(const file_claim& claim, const policy& p) noexcept;

/// Whether the policy requires one for this path and it is missing, of a key that is not pinned, or false. No
/// for claims from before the policy asked: the next whole log tells.
bool lacks_signature(const file_claim& claim, const policy& p);
/// "ima.signature", of a claim that lacks one. Apart from the question, since a log can have a million of
/// them and few are shown.
finding signature_finding(const file_claim& claim, const policy& p);

/// "ima.signature" if it lacks one.
std::optional<finding> appraise_signature(const file_claim& claim, const policy& p);

} // namespace muster::appraisal
