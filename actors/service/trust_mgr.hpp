// TRUSTMGR: owns the standing, the lease and the log state of each node; no other actor writes them. There is
// only one: it keeps names, session epochs and command ids unique in the whole fleet.
#pragma once

#include "actors/service/session.hpp"
#include "actors/service/store.hpp"
#include "messages/vocabulary/result.hpp"
#include "records/enrolment.hpp"
#include "standing/attestation.hpp"

#include <caf/typed_actor.hpp>

#include <vector>

namespace muster::service {

using admission_reply = result<admission_answer>;
using attach_reply = result<attachment>;
using decision_reply = result<decision>;
using command_reply = result<command_result>;
using change_reply = commit_outcome; ///< sequence number of the record that made the change durable

using trust_mgr_actor = caf::typed_actor<
    // A machine that proved itself asks for admission.
    caf::replies_to<admit_atom, proven_machine>::with<admission_reply>,
    // A session of an admitted machine begins. Arguments: node, what its channel showed, the kernel boot id
    // that it claims. A new session supersedes an older one. fault denied: revoked, or not the key of the
    // admitted generation; not_found: an unknown node, which must enrol.
    caf::replies_to<attach_atom, node_id, shown_certificate, boot_id, session_actor>::with<attach_reply>,
    // That session is gone.
    caf::reacts_to<detach_atom, node_id, session_epoch>,
    // The peer of a superseded session still beats: two hosts use this identity. Arguments: node, its
    // generation when that session began. The alarm stands until an operator acknowledges it.
    caf::reacts_to<twin_atom, node_id, generation>,
    // An attestation ended. Answered when the decision is durable. fault conflict, and the request is
    // dropped: it is of an older epoch or number, or the node has been revoked.
    caf::replies_to<decide_atom, decision_request>::with<decision_reply>,
    // The session with that epoch got no complete evidence. The text says why and is safe to print. It is
    // shown and has no other effect.
    caf::reacts_to<unable_atom, node_id, session_epoch, std::string>,
    // A machine's report on a command.
    caf::reacts_to<report_atom, node_id, session_epoch, command_result>,
    // A person or a policy orders a command. Answered when it is settled or its time is up.
    caf::replies_to<command_atom, command_request>::with<command_reply>,
    // An operator approves the candidate that waits under this node id, by its fingerprint.
    caf::replies_to<approve_atom, approval>::with<change_reply>,
    // An operator ends the alarm that two hosts use one identity. Arguments: node, who. fault conflict: there
    // is no such alarm.
    caf::replies_to<ack_atom, node_id, std::string>::with<change_reply>,
    // An operator revokes the EK: live sessions end at once, and the revocation outlives `forget`. Arguments:
    // node, reason (may be empty), who.
    caf::replies_to<revoke_atom, node_id, std::string, std::string>::with<change_reply>,
    // An operator has a node forgotten. A revocation stays. Arguments: node, who.
    caf::replies_to<forget_atom, node_id, std::string>::with<change_reply>,
    // An operator names a node. Arguments: node, name (empty: none), who. fault conflict: another node has
    // that name.
    caf::replies_to<name_atom, node_id, std::string, std::string>::with<change_reply>,
    // An operator moves an admitted node to another group. Arguments: node, group, who. The node's recorded
    // claims are judged by that group's reference and policy before this is answered; an open session
    // continues under them. fault conflict: the node is already in that group, or is not admitted.
    caf::replies_to<group_atom, node_id, std::string, std::string>::with<change_reply>,
    // From References: what a group is appraised with from now on. Records that were appraised under an older
    // context are appraised again in the background.
    caf::reacts_to<context_atom, context_ptr>,
    // From itself: deadlines of commands; the next record to appraise again.
    caf::reacts_to<tick_atom>, caf::reacts_to<reappraise_atom>,
    // An orderly stop: decides nothing more. Answered when all earlier decisions are stored.
    caf::replies_to<stop_atom>::with<bool>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::proven_machine)
MUSTER_LOCAL_MESSAGE(muster::service::shown_certificate)
MUSTER_LOCAL_MESSAGE(muster::service::decision_request)
MUSTER_LOCAL_MESSAGE(muster::service::command_request)
MUSTER_LOCAL_MESSAGE(muster::service::command_result)
MUSTER_LOCAL_MESSAGE(muster::service::approval)
MUSTER_LOCAL_MESSAGE(muster::service::admission_reply)
MUSTER_LOCAL_MESSAGE(muster::service::attach_reply)
MUSTER_LOCAL_MESSAGE(muster::service::decision_reply)
MUSTER_LOCAL_MESSAGE(muster::service::command_reply)
