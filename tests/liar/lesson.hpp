// References learnt from the record of a machine.
#pragma once

#include "appraisal/extraction/extraction.hpp"
#include "tests/liar/judge.hpp"

namespace muster::liar {

/// What a machine teaches under a policy, according to its record. fault denied: it may not teach.
result<appraisal::reference_content> taught(const judge& of, const appraisal::policy& under,
                                            const appraisal::extraction_rules& rules, std::string origin);

/// The set of its group after that machine was accepted as the reference. Null: it may not teach.
std::shared_ptr<const appraisal::reference_set> lesson_of(const judge& of);

} // namespace muster::liar
