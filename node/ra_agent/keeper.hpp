// The Keeper actor.
#pragma once

#include "actors/node/keeper.hpp"
#include "actors/runtime/log.hpp"
#include "node/ra_agent/node_files.hpp"

#include <caf/fwd.hpp>

namespace muster::node {

/// Detached: it waits for the disk.
keeper_actor spawn_keeper(caf::actor_system& system, node_files files, runtime::log log);

} // namespace muster::node
