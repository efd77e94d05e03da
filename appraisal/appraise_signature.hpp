// Compares the signature of a file with what a policy wants signed.
#pragma once

#include "appraisal/file_claims.hpp"
#include "appraisal/policy.hpp"
#include "messages/vocabulary/finding.hpp"

#include <optional>

namespace muster::appraisal {

/// Whether the policy takes a signature for a reference, and this file has one that holds.
bool accepted_by_signature(const file_claim& claim, const policy& p) noexcept;

/// "ima.signature" if the policy requires one for this path and it is missing, of a key that is not pinned,
/// or false. Empty for claims from before the policy asked: the next whole log tells.
std::optional<finding> appraise_signature(const file_claim& claim, const policy& p);

} // namespace muster::appraisal
