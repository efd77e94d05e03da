// STOPPER: ends the core's actors in order (docs/design.md 4, order of stopping).
#pragma once

#include "actors/runtime/threading.hpp"
#include "actors/service/atoms.hpp"
#include "service/core.hpp"

#include <caf/typed_actor.hpp>

#include <chrono>

namespace muster::service {

using stopper_actor = caf::typed_actor<
    // Asked once. Replies whether each step ended by itself. Time that one step does not use is left to the
    // next ones. If a step did not end by itself, some actors may still be waiting for the disk. The stopper
    // ends with its reply.
    caf::replies_to<stop_atom, std::chrono::milliseconds>::with<bool>>;

/// An actor, because its deadline uses the clock that delays messages: so a test's scheduler controls the
/// whole stop. It runs on a thread of its own by default, since the other threads may be waiting for the
/// disk.
stopper_actor spawn_stopper(caf::actor_system& system, const service_core& core,
                            runtime::threading where = runtime::threading::own);

} // namespace muster::service
