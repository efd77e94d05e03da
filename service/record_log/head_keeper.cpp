#include "service/record_log/head_keeper.hpp"

#include "actors/runtime/guard.hpp"

#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace muster::service {

namespace {

head_keeper_actor::behavior_type head_keeper(head_keeper_actor::pointer self, const head_file& file,
                                             const runtime::log& log) {
  runtime::guard(*self, log, "head_keeper");
  return {
      [file, log](const std::string& line) {
        const auto added = file.add(line);
        if (!added) log.error("log.head_file", {runtime::fault_check(added.fault())});
        return added.ok();
      },
  };
}

} // namespace

head_keeper_actor spawn_head_keeper(caf::actor_system& system, head_file file, runtime::log log,
                                    runtime::threading where) {
  return runtime::spawn_waiting(system, where, head_keeper, std::move(file), std::move(log));
}

} // namespace muster::service
