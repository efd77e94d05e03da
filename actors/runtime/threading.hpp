// Where an actor that blocks for long runs: one that waits for a disk or a sink, or reads the whole fleet.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/spawn_options.hpp>

#include <cstdint>
#include <utility>

namespace muster::runtime {

enum class threading : std::uint8_t {
  own,   ///< on a thread of its own, so that no other actor waits with it: for programs
  shared ///< on the scheduler like all others: for tests, whose scheduler then controls it
};

/// Spawns an actor that blocks for long.
template <class... What> auto spawn_waiting(caf::actor_system& system, threading how, What&&... what) {
  return how == threading::own ? system.spawn<caf::detached>(std::forward<What>(what)...)
                               : system.spawn(std::forward<What>(what)...);
}

} // namespace muster::runtime
