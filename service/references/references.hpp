// The References actor.
#pragma once

#include "actors/runtime/clock.hpp"
#include "actors/runtime/log.hpp"
#include "actors/service/references.hpp"
#include "actors/service/store.hpp"
#include "actors/service/store_port.hpp"
#include "actors/service/trust_mgr.hpp"
#include "service/references/contexts.hpp"

#include <caf/stateful_actor.hpp>

namespace muster::service {

struct references_deps {
  contexts in_force;
  trust_mgrs trust;
  store_actor store;
  std::shared_ptr<const store_reader> reader;
  std::shared_ptr<const runtime::clock> clock;
  runtime::log log;
};

struct references_state {
  references_deps deps;
  bool storing = false; ///< one change at a time: the next begins from what this one leaves
};

references_actor::behavior_type references(references_actor::stateful_pointer<references_state> self,
                                           references_deps deps);

} // namespace muster::service
