// TRUSTMGR: owns the standing, the lease and the log state of each node; nobody else writes them. There is
// one: names, session epochs and command ids are counted in it for the whole fleet.
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
using change_reply = commit_outcome; ///< sequence of the record that made it durable

using trust_mgr_actor = caf::typed_actor<
    // A machine that proved itself asks to be let in.
    caf::replies_to<admit_atom, proven_machine>::with<admission_reply>,
    // A session of an admitted machine: node, what its channel showed, kernel boot id that it claims. The
    // newest session supersedes an older one. fault denied: revoked, or a key that is not the admitted
    // generation's; not_found: nobody knows it, it must enrol.
    caf::replies_to<attach_atom, node_id, shown_certificate, boot_id, session_actor>::with<attach_reply>,
    // That session is gone.
    caf::reacts_to<detach_atom, node_id, session_epoch>,
    // A session that a newer one superseded still answers: two hosts use this identity. Node, and its
    // generation when that session began. The alarm stands until somebody acknowledges it.
    caf::reacts_to<twin_atom, node_id, generation>,
    // An attestation ended. The answer comes when it is durable. fault conflict: of an older epoch or number,
    // or of a node that was revoked meanwhile: dropped.
    caf::replies_to<decide_atom, decision_request>::with<decision_reply>,
    // Of the session with that epoch no complete evidence came: why, safe to print. Shown, and nothing else.
    caf::reacts_to<unable_atom, node_id, session_epoch, std::string>,
    // A machine's word on a command.
    caf::reacts_to<report_atom, node_id, session_epoch, command_result>,
    // Somebody orders something; answered when it is settled or its time is up.
    caf::replies_to<command_atom, command_request>::with<command_reply>,
    // An operator approves the candidate that waits under this node id, by its fingerprint.
    caf::replies_to<approve_atom, approval>::with<change_reply>,
    // An operator ends the alarm that two hosts use one identity. Node, who. fault conflict: none stands.
    caf::replies_to<ack_atom, node_id, std::string>::with<change_reply>,
    // An operator revokes the EK: ends live sessions at once, outlives a purge. Node, reason (may be empty),
    // who.
    caf::replies_to<revoke_atom, node_id, std::string, std::string>::with<change_reply>,
    // An operator has a node forgotten; a revocation stays. Node, who.
    caf::replies_to<forget_atom, node_id, std::string>::with<change_reply>,
    // An operator names a node: node, name (empty: none), who. fault conflict: another node has that name.
    caf::replies_to<name_atom, node_id, std::string, std::string>::with<change_reply>,
    // An operator moves an admitted node to another group: node, group, who. What is on record of it is
    // judged by that group's reference and policy before this is answered; an open session goes on under
    // them. fault conflict: it is in that group, or it is not admitted.
    caf::replies_to<group_atom, node_id, std::string, std::string>::with<change_reply>,
    // References: what a group is appraised with from now on. Records that are older are appraised again in
    // the background.
    caf::reacts_to<context_atom, context_ptr>,
    // Itself: deadlines of commands, the next record to appraise again.
    caf::reacts_to<tick_atom>, caf::reacts_to<reappraise_atom>,
    // In order: nothing is decided any more; answered when all that was is stored.
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
