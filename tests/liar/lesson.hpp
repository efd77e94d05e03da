// What a reference becomes that is learnt from what is on record about a machine.
#pragma once

#include "appraisal/extraction/extraction.hpp"
#include "tests/liar/judge.hpp"

namespace muster::liar {

/// What a machine teaches under a policy, by what is on record about it. fault denied: it may not teach.
result<appraisal::reference_content> taught(const judge& of, const appraisal::policy& under,
                                            const appraisal::extraction_rules& rules, std::string origin);

/// What its group is judged by after that machine was accepted. Null: it may not teach.
std::shared_ptr<const appraisal::reference_set> lesson_of(const judge& of);

} // namespace muster::liar
