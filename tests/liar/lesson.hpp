// What a reference becomes that is learnt from what is on record about a machine.
#pragma once

#include "tests/liar/judge.hpp"

namespace muster::liar {

/// Null: this machine may not teach. Follows service/references/learning.cpp, which is no pure floor.
std::shared_ptr<const appraisal::reference_set> lesson_of(const judge& of);

} // namespace muster::liar
