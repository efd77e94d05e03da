// VERIFIER: judges evidence. Each request is a pure step over some parts. It has no state of its own, so any
// actor of the pool can take any step.
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/local_message.hpp"
#include "protocol/evidence_step.hpp"

#include <caf/typed_actor.hpp>

namespace muster::service {

using verifier_actor = caf::typed_actor<
    // Takes one step. Bad evidence ends in an outcome with findings. A fault means that our own code broke a
    // promise, and the attestation is over.
    caf::replies_to<evidence_parts>::with<result<evidence_step>>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::evidence_parts)
MUSTER_LOCAL_MESSAGE(muster::result<muster::service::evidence_step>)
