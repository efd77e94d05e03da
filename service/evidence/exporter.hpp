// The Exporter actor.
#pragma once

#include "actors/runtime/clock.hpp"
#include "actors/runtime/log.hpp"
#include "actors/service/exporter.hpp"
#include "records/store_port.hpp"

#include <caf/fwd.hpp>

namespace muster::service {

struct exporter_deps {
  std::shared_ptr<const store_reader> store;
  std::shared_ptr<const runtime::clock> clock;
  runtime::log log;
  std::string folder; ///< holds bundles until they are fetched
};

exporter_actor::behavior_type exporter(exporter_actor::pointer self, exporter_deps deps);

/// Spawns it on a thread of its own.
exporter_actor spawn_exporter(caf::actor_system& system, exporter_deps deps);

} // namespace muster::service
