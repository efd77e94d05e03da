// Where an actor runs that waits long: for a disk, a sink, a look at the whole fleet.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/spawn_options.hpp>

#include <cstdint>
#include <utility>

namespace muster::runtime {

enum class threading : std::uint8_t {
  own,   ///< on a thread of its own, so that nobody waits with it: what programs do
  shared ///< on the scheduler, as all others: so that a test's scheduler decides about it, too
};

/// Spawns such an actor.
template <class... What> auto spawn_waiting(caf::actor_system& system, threading how, What&&... what) {
  return how == threading::own ? system.spawn<caf::detached>(std::forward<What>(what)...)
                               : system.spawn(std::forward<What>(what)...);
}

} // namespace muster::runtime
