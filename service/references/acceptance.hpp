// Decides, from what is on record about a machine, what it may teach its group. Pure.
#pragma once

#include "appraisal/extraction/teachable.hpp"
#include "records/node_record.hpp"
#include "standing/recorded_claims.hpp"

namespace muster::service {

/// Whether this machine may teach `group`, which is judged by policy `p`. Acceptance, canaries and automation
/// all ask here (docs/checks.md P5):
///   - it belongs to the group, and is enrolled                                  fault denied
///   - a boot of this very identity was verified                                 fault not_found
///   - no alarm about its identity is open, and it need not enrol again          fault denied
///   - `appraisal::may_teach`: who vouches for it, what is open, what is wrong without any reference
/// `claims`: the result of `read_recorded_claims`; its fault is passed on. What the reference in force does
/// not know is no obstacle: it is what is learnt. The caller shows the difference to the person who accepts.
result<appraisal::teachable> may_teach(const node_record& node, const node_state& state,
                                       const result<recorded_claims>& claims, const std::string& group,
                                       const appraisal::policy& p);

/// "node web-1", or the id if it has no name.
std::string shown_name(const node_record& node);

} // namespace muster::service
