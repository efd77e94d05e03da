// CLIENTAPI: accepts agents. Owns the listeners and spawns a Session for each connection.
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/session.hpp"
#include "net/pipe_broker.hpp"

#include <caf/typed_actor.hpp>

namespace muster::service {

using client_api_actor = caf::typed_actor<
    // A session began. It is asked to end when the service stops.
    caf::reacts_to<begin_atom, session_actor>,
    // Settings changed: other limits on connections; see net::pipe_change.
    caf::reacts_to<changed_atom, net::pipe_limits>,
    // From itself: the bounded wait of a stop is over.
    caf::reacts_to<tick_atom>,
    // From itself: once a minute.
    caf::reacts_to<minute_atom>,
    // An orderly stop: accepts no new connection and asks every session to end. Answered when all sessions
    // are gone, or after a bounded wait.
    caf::replies_to<stop_atom>::with<bool>>;

} // namespace muster::service
