// Whether a reference set holds what the policy denies.
#pragma once

#include "appraisal/policy/deny_list.hpp"
#include "appraisal/reference/reference_set.hpp"
#include "messages/vocabulary/result.hpp"

namespace muster::appraisal {

/// No set may bring back what is denied (docs/design.md 11). fault denied: it names a file or boot event of
/// the set that is.
status check_not_denied(const reference_set& set, const deny_list& denied);

} // namespace muster::appraisal
