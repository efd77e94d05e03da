// VERIFIER: judges evidence. A pure step over some parts; no state of its own, so any of the pool does.
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/local_message.hpp"
#include "protocol/evidence_step.hpp"

#include <caf/typed_actor.hpp>

namespace muster::service {

using verifier_actor = caf::typed_actor<
    // One step. Bad evidence ends in an outcome with findings; a fault means that a promise of our own was
    // broken, and the attestation is over.
    caf::replies_to<step_atom, evidence_parts>::with<result<evidence_step>>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::evidence_parts)
MUSTER_LOCAL_MESSAGE(muster::result<muster::service::evidence_step>)
