// Applies rules to a set that was learnt earlier under other rules or none.
#pragma once

#include "appraisal/reference/extraction_rules.hpp"
#include "appraisal/reference/reference_set.hpp"

namespace muster::appraisal {

/// The set that `rules` would have learnt from the same machine, as far as `set` shows: content that the
/// rules do not learn is removed, and nothing is added. fault denied: the rules have a defect, or leave
/// events out of a PCR whose events the set does not have.
result<reference_content> narrowed(const reference_content& set, const extraction_rules& rules);

} // namespace muster::appraisal
