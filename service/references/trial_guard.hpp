// The guard: how many good machines a change may turn bad at once. Pure.
#pragma once

#include "actors/service/survey.hpp"

namespace muster::service {

/// fault denied, with the numbers and the commonest cause, if more than `percent` of the group's good
/// machines would turn bad. A group without a good machine has nothing to lose. `remedy`: how to get it all
/// the same, as the end of a sentence.
status check_guard(const trial_outcome& tried, const std::string& group, unsigned percent,
                   std::string_view remedy = "look with `try`, or say --force");

} // namespace muster::service
