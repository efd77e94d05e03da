// Whether a reference set holds what the policy denies.
#pragma once

#include "appraisal/policy/deny_list.hpp"
#include "appraisal/reference/reference_set.hpp"
#include "messages/vocabulary/result.hpp"

namespace muster::appraisal {

/// docs/design.md 11: no set may bring back what is denied. fault denied: a file or boot event of the set is,
/// and which.
status check_not_denied(const reference_set& set, const deny_list& denied);

} // namespace muster::appraisal
