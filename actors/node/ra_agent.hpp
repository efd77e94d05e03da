// RA AGENT: the session with the service, the beat, the errands. What others may tell it, beside the bytes of
// its pipe.
#pragma once

#include "actors/node/atoms.hpp"
#include "actors/node/errand.hpp"
#include "actors/node/status_message.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace muster::node {

using ra_agent_actor = caf::typed_actor<
    // An errand: this is how it ended, or that it is accepted.
    caf::reacts_to<report_atom, errand_report>,
    // An errand: a new certificate. Answered when it is kept.
    caf::replies_to<renew_atom>::with<status>,
    // An errand: whether this machine runs as people set it, by the newest reply.
    caf::replies_to<tuned_atom>::with<status>,
    // The configuration was read again: what counts where people set nothing.
    caf::reacts_to<reload_atom, tuning>,
    // Says goodbye and ends. Answered at once; the actor's end says that it is done.
    caf::replies_to<stop_atom>::with<status>>;

} // namespace muster::node
