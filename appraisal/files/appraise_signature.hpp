// Compares the signature of a file with what a policy wants signed.
#pragma once

#include "appraisal/claims/file_claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "messages/vocabulary/finding.hpp"

#include <optional>

namespace muster::appraisal {

/// Whether the policy accepts a signature in place of a reference value, and this file has one that holds.
bool accepted_by_signature(const file_claim& claim, const policy& p) noexcept;

/// Whether the policy requires a signature for this path, and the file's signature is missing, invalid, or by
/// a key that is not pinned. False for claims recorded before the policy required one: the next whole log
/// decides.
bool lacks_signature(const file_claim& claim, const policy& p);
/// The finding "ima.signature" for a claim that lacks one. It is separate from the question because a log can
/// have a million such claims, of which few are shown.
finding signature_finding(const file_claim& claim, const policy& p);

/// The finding "ima.signature" if the claim lacks a signature.
std::optional<finding> appraise_signature(const file_claim& claim, const policy& p);

} // namespace muster::appraisal
