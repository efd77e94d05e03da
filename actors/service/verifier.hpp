// VERIFIER: judges evidence. A pure step over some parts; no state of its own, so any of the pool does.
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/local_message.hpp"
#include "messages/frame.hpp"
#include "messages/vocabulary/result.hpp"

#include <caf/typed_actor.hpp>

#include <memory>
#include <vector>

namespace muster::appraisal {
class running_attestation;
struct attestation_outcome;
} // namespace muster::appraisal

namespace muster::service {

/// Frames of evidence for an attestation that runs, in their order: what arrived together is judged in one
/// step, because asking and answering costs as much as a short step. Whoever holds the pointer owns the
/// attestation: the Session gives it away with the part and gets it back with the answer.
struct evidence_parts {
  std::shared_ptr<appraisal::running_attestation> attestation;
  std::vector<frame> parts; ///< each an AgentFrame with `evidence` or `logPart`, validated; at least one
};

struct evidence_step {
  std::shared_ptr<appraisal::running_attestation> attestation;
  std::shared_ptr<const appraisal::attestation_outcome> outcome; ///< null: more parts are to come
};

using verifier_actor = caf::typed_actor<
    // One step. Bad evidence ends in an outcome with findings; a fault means that a promise of our own was
    // broken, and the attestation is over.
    caf::replies_to<step_atom, evidence_parts>::with<result<evidence_step>>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::evidence_parts)
MUSTER_LOCAL_MESSAGE(muster::result<muster::service::evidence_step>)
