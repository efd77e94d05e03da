// The guard: how many good machines a change may turn bad at once. Pure.
#pragma once

#include "actors/service/survey.hpp"

namespace muster::service {

/// This many may turn bad whatever the percentage says. In a small group any percentage is less than one
/// machine: a single bad machine would shield itself from the change that exposes it.
inline constexpr std::uint64_t machines_always_allowed = 1;

/// fault denied, with the numbers and the commonest cause: more than `percent` of the group's good machines,
/// and more than one, would turn bad. A group without a good machine has nothing to lose. `remedy` is the end
/// of a sentence that says how to make the change all the same.
status check_guard(const trial_outcome& tried, const std::string& group, unsigned percent,
                   std::string_view remedy = "look with `try`, or say --force");

} // namespace muster::service
