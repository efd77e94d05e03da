// The Errand actor.
#pragma once

#include "actors/node/errand.hpp"
#include "actors/node/keeper.hpp"
#include "actors/node/ra_agent.hpp"
#include "actors/runtime/clock.hpp"
#include "actors/runtime/log.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace muster::node {

struct errand_deps {
  command what;
  ra_agent_actor agent;
  keeper_actor keeper;
  std::shared_ptr<const runtime::clock> clock;
  runtime::log log;
};

struct errand_state {
  std::optional<errand_deps> deps;
  bool leaving = false; ///< unregister: too late to turn back
};

/// Waits for `begin_atom`. Ends with exactly one final report, at the deadline at the latest.
errand_actor::behavior_type errand(errand_actor::stateful_pointer<errand_state> self, errand_deps deps);

} // namespace muster::node
