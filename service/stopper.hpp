// STOPPER: ends the actors of the core in their order (docs/design.md 4, order of stopping).
#pragma once

#include "actors/runtime/threading.hpp"
#include "actors/service/atoms.hpp"
#include "service/core.hpp"

#include <caf/typed_actor.hpp>

#include <chrono>

namespace muster::service {

using stopper_actor = caf::typed_actor<
    // Asked once. Replies whether each step ended by itself; what one leaves of the time the next ones have.
    // Some actors may still wait for the disk if one did not. The stopper ends with its reply.
    caf::replies_to<stop_atom, std::chrono::milliseconds>::with<bool>>;

/// An actor, because its time is the clock that delays messages: a test's scheduler has the whole stop. On a
/// thread of its own unless that is wanted: the others may be waiting for the disk.
stopper_actor spawn_stopper(caf::actor_system& system, const service_core& core,
                            runtime::threading where = runtime::threading::own);

} // namespace muster::service
