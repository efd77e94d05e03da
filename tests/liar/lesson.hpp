// What a reference becomes that is learnt from what is on record about a machine.
#pragma once

#include "appraisal/extraction.hpp"
#include "standing/recorded_claims.hpp"
#include "tests/liar/judge.hpp"

namespace muster::liar {

/// What a machine with this on record teaches under a policy. The one place here that learns. fault denied:
/// it may not teach.
result<appraisal::reference_content> taught(const service::recorded_claims& claims,
                                            const service::node_state& state, const appraisal::policy& under,
                                            const appraisal::extraction_rules& rules, std::string origin);

/// Null: this machine may not teach. Follows service/references/learning.cpp, which is no pure floor.
std::shared_ptr<const appraisal::reference_set> lesson_of(const judge& of);

} // namespace muster::liar
