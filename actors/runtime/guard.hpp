// What an actor does about an exception or an unexpected message.
#pragma once

#include "actors/runtime/log.hpp"

#include <caf/fwd.hpp>

namespace muster::runtime {

/// Every actor calls this first. An exception that leaves a handler is logged (`actor.exception`, with the
/// actor's name and the exception's text) and ends the actor with exit_reason::unhandled_exception. A message
/// without a handler is logged (`actor.unexpected`, its type only) and dropped; a request is answered with an
/// error. CAF's own defaults print both to standard output. `actor_name` is a literal. The actors that
/// monitor or link to this one decide what its death means.
void guard(caf::scheduled_actor& self, const log& out, std::string_view actor_name);

} // namespace muster::runtime
