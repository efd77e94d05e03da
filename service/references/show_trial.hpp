// A trial as people see it (schemas/rest.capnp). Pure.
#pragma once

#include "actors/service/survey.hpp"
#include "messages/frame.hpp"

namespace muster::service {

/// rest::Trial. `digest` is that of the tried set or policy.
frame show_trial(const trial_outcome& tried, const std::string& group, const bytes32& digest,
                 unsigned guard_percent);

} // namespace muster::service
