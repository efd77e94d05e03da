// Parts of evidence, taken by the attestation that they are for. Pure.
#pragma once

#include "actors/service/verifier.hpp"
#include "appraisal/running_attestation.hpp"

namespace muster::service {

/// Feeds the parts (AgentFrames with evidence or a log part) to the attestation, until its end is known.
/// fault internal: one is another frame, which the Session never passes on, or there is none.
result<evidence_step> take_evidence(evidence_parts some);

} // namespace muster::service
