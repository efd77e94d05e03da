// What changes when an attestation ends, or when a record is appraised again (docs/protocol.md 5). Pure:
// vendor trust and the appraisal of records come as ports.
#pragma once

#include "standing/decision.hpp"
#include "standing/node_change.hpp"

#include <functional>

namespace muster::service {

/// What else a decision depends on.
struct decision_ports {
  /// The record brought up to date with who vouches now, and with the firmware that the quote names. The same
  /// pointer if nothing changed.
  std::function<node_ptr(const node_ptr&, byte_view attest)> vouched;
  /// TPMS_ATTEST of the newest evidence that verified; empty if it is not needed.
  std::function<bytes(const node_state&)> newest_attest;
  /// Appraises what is on record of the node's boot under a context.
  std::function<result<appraisal::reappraisal>(const node_record&, const node_state&, const context_ptr&)>
      appraise;
};

/// The machine's situation when its attestation is decided.
struct decision_setting {
  bool newest_session = false; ///< the request comes from the open session
  context_ptr context;         ///< of the node's group
  decision_rules rules;
  moment now;
  const command_queue* queue = nullptr; ///< of the node; null: no commands
  session_epoch session;                ///< the open one
};

struct attestation_answer {
  state_ptr state; ///< `after.state` of the change
  bool ask_full_log = false;
  bool outdated = false; ///< judged by what is no longer in force: appraise it again
};
using attestation_change = answered_change<attestation_answer>;

/// Whether the findings on record were made by this set and policy. Comparing versions would do, but for a
/// crash between a version and the settings that name it.
bool judged_by(const node_state& state, const appraisal_context& context);

/// Decides an attestation that ended.
///
/// fault conflict: it is of an older session or number, of a node that is no longer admitted, or was judged
/// by a group that the node has left. Bad news of an older session or number still counts if it is of this
/// boot (docs/checks.md P7). Any other fault: the group's context or the claims on record cannot be read, and
/// there is no bad news.
///
/// What is recorded was judged by what is in force now, whatever was in force at the challenge. So the
/// evidence is judged again if need be, and so is the record that an increment adds to, in the same change.
/// That is impossible if the evidence is too large, if signatures were verified with other keys, or if the
/// record cannot be read. Then only bad news counts, and whole logs are asked for where nothing else would
/// help.
result<attestation_change> take_attestation(const settled_node& at, decision_request request,
                                            const decision_setting& setting, const decision_ports& ports);

/// The findings by which what the machine sent makes it untrusted, whatever is on record and in force when
/// this is decided. Empty: there are none.
std::vector<finding> bad_findings(const decision_request& request);

/// Appraises the record of a node again if who vouches for it, or what it is judged by, has changed. If
/// neither has, `after` stays as it was. fault: the claims cannot be read now.
result<node_change> appraise_again(const settled_node& at, const context_ptr& context, wall_time now,
                                   const decision_ports& ports);

} // namespace muster::service
