// CLIENTAPI: takes agents in. Owns the listeners; spawns a Session for each connection.
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/session.hpp"

#include <caf/typed_actor.hpp>

namespace muster::service {

using client_api_actor = caf::typed_actor<
    // A session began; it is told to end when the service stops.
    caf::reacts_to<begin_atom, session_actor>,
    // Settings: how long a connection may be silent. Only ever longer; see net::pipe_allow_idle.
    caf::reacts_to<changed_atom, std::chrono::milliseconds>,
    // Itself: the bounded wait is over.
    caf::reacts_to<tick_atom>,
    // Itself: once a minute.
    caf::reacts_to<minute_atom>,
    // In order: no new connection, every session told to end; answered when all are gone or after a bounded
    // wait.
    caf::replies_to<stop_atom>::with<bool>>;

} // namespace muster::service
