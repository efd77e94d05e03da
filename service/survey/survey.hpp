// The Survey actor. Spawned detached: a look at a large fleet takes seconds.
#pragma once

#include "actors/runtime/log.hpp"
#include "actors/service/store_port.hpp"
#include "actors/service/survey.hpp"

#include <caf/stateful_actor.hpp>

#include <atomic>

namespace muster::service {

struct survey_deps {
  std::shared_ptr<const store_reader> reader;
  std::shared_ptr<const std::atomic<bool>> stopping; ///< ends a look that is under way
  runtime::log log;
};

struct survey_state {
  survey_deps deps;
};

survey_actor::behavior_type survey(survey_actor::stateful_pointer<survey_state> self, survey_deps deps);

} // namespace muster::service
