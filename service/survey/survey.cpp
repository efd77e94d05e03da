#include "service/survey/survey.hpp"

#include "actors/runtime/guard.hpp"

#include <caf/all.hpp>

namespace muster::service {

survey_actor::behavior_type survey(survey_actor::stateful_pointer<survey_state> self, survey_deps deps) {
  self->state.deps = std::move(deps);
  runtime::guard(*self, self->state.deps.log, "survey");
  return {
      [self](try_atom, const context_ptr& context) { return try_context(self->state.deps, context); },
      [self](incidents_atom, const std::string& group) { return find_incidents(self->state.deps, group); },
  };
}

} // namespace muster::service
