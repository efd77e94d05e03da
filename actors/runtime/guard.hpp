// What an actor does when its code, or somebody else's message, surprises it.
#pragma once

#include "actors/runtime/log.hpp"

#include <caf/fwd.hpp>

namespace muster::runtime {

/// Every actor calls this first. An exception that leaves a handler is logged (`actor.exception`, with the
/// actor's name and what it says) and ends the actor with exit_reason::unhandled_exception; a message that
/// the actor has no handler for is logged (`actor.unexpected`, its type only) and dropped, a request among
/// them is answered with an error. CAF's own defaults print both to standard output. `actor_name` is a
/// literal. Who monitors or links the actor decides what its death means.
void guard(caf::scheduled_actor& self, const log& out, std::string_view actor_name);

} // namespace muster::runtime
