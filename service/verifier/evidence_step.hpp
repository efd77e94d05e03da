// One part of evidence, taken by the attestation that it is for. Pure.
#pragma once

#include "actors/service/verifier.hpp"
#include "appraisal/running_attestation.hpp"

namespace muster::service {

/// Feeds `part.part` (an AgentFrame with evidence or a log part) to the attestation. fault internal: it is
/// another frame, which the Session never passes on.
result<evidence_step> take_evidence(evidence_part part);

} // namespace muster::service
