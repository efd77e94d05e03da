// VERIFIER: judges evidence. A pure step over one part; no state of its own, so any of the pool does.
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/local_message.hpp"
#include "messages/frame.hpp"
#include "messages/vocabulary/result.hpp"

#include <caf/typed_actor.hpp>

#include <memory>

namespace muster::appraisal {
class running_attestation;
struct attestation_outcome;
} // namespace muster::appraisal

namespace muster::service {

/// One frame of evidence for an attestation that runs. Whoever holds the pointer owns the attestation: the
/// Session gives it away with the part and gets it back with the answer.
struct evidence_part {
  std::shared_ptr<appraisal::running_attestation> attestation;
  frame part; ///< an AgentFrame with `evidence` or `logPart`, validated
};

struct evidence_step {
  std::shared_ptr<appraisal::running_attestation> attestation;
  std::shared_ptr<const appraisal::attestation_outcome> outcome; ///< null: more parts are to come
};

using verifier_actor = caf::typed_actor<
    // One step. Bad evidence ends in an outcome with findings; a fault means that a promise of our own was
    // broken, and the attestation is over.
    caf::replies_to<step_atom, evidence_part>::with<result<evidence_step>>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::evidence_part)
MUSTER_LOCAL_MESSAGE(muster::result<muster::service::evidence_step>)
