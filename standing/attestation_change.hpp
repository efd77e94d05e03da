// What an attestation that ended, and a record that is appraised again, change (docs/protocol.md 5). Pure:
// who computes trust in vendors and appraises records comes as a port.
#pragma once

#include "standing/decision.hpp"
#include "standing/node_change.hpp"

#include <functional>

namespace muster::service {

/// What else a decision depends on.
struct decision_ports {
  /// The record as it must be by who vouches now, and by the firmware that the quote names; the same pointer
  /// if nothing changed.
  std::function<node_ptr(const node_ptr&, byte_view attest)> vouched;
  /// TPMS_ATTEST of the newest evidence that verified; empty if nobody asks for it.
  std::function<bytes(const node_state&)> newest_attest;
  /// What is on record of the node's boot, appraised under a context.
  std::function<result<appraisal::reappraisal>(const node_record&, const node_state&, const context_ptr&)>
      appraise;
};

/// Where the machine stands when its attestation is decided.
struct decision_setting {
  bool newest_session = false; ///< the request is of the open session
  context_ptr context;         ///< of the node's group
  decision_rules rules;
  moment now;
  const command_queue* queue = nullptr; ///< of the node; null: nothing is ordered
  session_epoch session;                ///< the open one
};

struct attestation_answer {
  state_ptr state; ///< `after.state` of the change
  bool ask_full_log = false;
  bool outdated = false; ///< what the node is judged by changed meanwhile: appraise it again
};
using attestation_change = answered_change<attestation_answer>;

/// Whether the findings on record are those of this set and policy. Versions alone would do, but for a crash
/// between a version and the settings that name it.
bool judged_by(const node_state& state, const appraisal_context& context);

/// fault conflict: of an older session or number, of a node that is not admitted any more, or judged by a
/// group that it has left; what is bad counts if it is of this boot (docs/checks.md P7).
/// Whatever was in force at the challenge, what is recorded was judged by what is in force now: the evidence
/// is judged again by that, and so is the record that an increment adds to, in the same change. If the
/// evidence cannot be judged by it (it is large, or signatures were verified with other keys), or the record
/// cannot be read, only what is bad counts, and whole logs are asked for where nothing else would help.
result<attestation_change> take_attestation(const settled_node& at, decision_request request,
                                            const decision_setting& setting, const decision_ports& ports);

/// What the machine told by which it is untrusted, whatever is on record and in force by the time that
/// this is decided; empty: nothing.
std::vector<finding> bad_findings(const decision_request& request);

/// Appraises the record of a node again, if who vouches for it or what it is judged by changed. `after` as it
/// was: nothing did. fault: the claims cannot be read now.
result<node_change> appraise_again(const settled_node& at, const context_ptr& context, wall_time now,
                                   const decision_ports& ports);

} // namespace muster::service
