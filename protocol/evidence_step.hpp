// Parts of evidence, taken by the attestation that they are for.
#pragma once

#include "messages/frame.hpp"
#include "messages/vocabulary/result.hpp"

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
  std::vector<frame> parts; ///< each an AgentFrame with `evidence` or `logPart`; at least one
  bool cut_off = false;     ///< no more will come: of what was told only bad news count. Parts may be none
};

struct evidence_step {
  std::shared_ptr<appraisal::running_attestation> attestation;
  std::shared_ptr<const appraisal::attestation_outcome> outcome; ///< null: more parts are to come; with no
                                                                 ///< attestation either: no bad news
};

/// Feeds the parts (AgentFrames with evidence or a log part) to the attestation, until its end is known.
/// fault internal: one is another frame, which the Session never passes on, or there is none.
result<evidence_step> take_evidence(evidence_parts some);

} // namespace muster::service
