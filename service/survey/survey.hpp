// The Survey actor. Spawned detached: a look at a large fleet takes seconds.
#pragma once

#include "service/survey/fleet_look.hpp"

#include <caf/stateful_actor.hpp>

namespace muster::service {

struct survey_state {
  survey_deps deps;
};

survey_actor::behavior_type survey(survey_actor::stateful_pointer<survey_state> self, survey_deps deps);

} // namespace muster::service
