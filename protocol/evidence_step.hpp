// Parts of evidence, and the attestation that takes them.
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

/// Frames of evidence for a running attestation, in their order. Frames that arrived together are judged in
/// one step, because asking and answering costs as much as a short step. Whichever actor holds the pointer
/// owns the attestation: the Session gives it away with the parts and gets it back with the answer.
struct evidence_parts {
  std::shared_ptr<appraisal::running_attestation> attestation;
  std::vector<frame> parts; ///< AgentFrames with `evidence` or `logPart`; at least one unless `cut_off`
  bool cut_off = false;     ///< no more parts will come: only bad news counts
};

struct evidence_step {
  std::shared_ptr<appraisal::running_attestation> attestation;
  std::shared_ptr<const appraisal::attestation_outcome> outcome; ///< null: more parts are to come; with no
                                                                 ///< attestation either: no bad news
};

/// Feeds the parts to the attestation until its outcome is known. fault internal: a frame of another kind,
/// which the Session never passes on; no attestation; or no parts, although not `cut_off`.
result<evidence_step> take_evidence(evidence_parts some);

} // namespace muster::service
