// RA AGENT: the session with the service, the beat, the errands. These are the messages that other actors may
// send it, in addition to the bytes of its pipe.
#pragma once

#include "actors/node/atoms.hpp"
#include "actors/node/errand.hpp"
#include "actors/node/status_message.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace muster::node {

using ra_agent_actor = caf::typed_actor<
    // From an errand: how it ended, or that it is accepted.
    caf::reacts_to<errand_report>,
    // From an errand: get a new certificate. Answered when the certificate is on disk.
    caf::replies_to<renew_atom>::with<status>,
    // From an errand: whether the agent runs with the tuning of the service's newest reply.
    caf::replies_to<tuned_atom>::with<status>,
    // The configuration was read again: the tuning that applies where operators have set none.
    caf::reacts_to<reload_atom, tuning>,
    // Says goodbye and quits. Answered at once; the stop is complete when the actor has ended.
    caf::replies_to<stop_atom>::with<status>>;

} // namespace muster::node
