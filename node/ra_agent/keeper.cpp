#include "node/ra_agent/keeper.hpp"

#include "actors/runtime/guard.hpp"

#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace muster::node {

namespace {

status told(const runtime::log& log, status outcome) {
  if (!outcome)
    log.error("state.write", {runtime::fault_code(outcome.fault()), runtime::fault_check(outcome.fault())});
  return outcome;
}

keeper_actor::behavior_type keeper(keeper_actor::pointer self, const node_files& files,
                                   const runtime::log& log) {
  runtime::guard(*self, log, "keeper");
  return {
      [files, log](keep_atom, const issued_identity& issued) { return told(log, files.store(issued)); },
      [files, log](keep_atom, const errands_text& errands) {
        return told(log, files.store_errands(errands.text));
      },
      [files, log](keep_atom, const log_heads& newest) { (void)told(log, files.store(newest)); },
      [files, log](keep_atom, const kept_trust& newest) { return told(log, files.store(newest)); },
      [files, log](leave_atom) { return told(log, files.leave()); },
  };
}

} // namespace

keeper_actor spawn_keeper(caf::actor_system& system, node_files files, runtime::log log) {
  return system.spawn<caf::detached>(keeper, std::move(files), std::move(log));
}

} // namespace muster::node
