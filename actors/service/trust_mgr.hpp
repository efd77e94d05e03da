// TRUSTMGR: owns the standing, the lease and the log state of each node; no other actor writes them. There is
// only one TrustMgr, which keeps names, session epochs and command ids unique in the whole fleet.
#pragma once

#include "actors/service/session.hpp"
#include "actors/service/store.hpp"
#include "crypto/secret.hpp"
#include "messages/vocabulary/result.hpp"
#include "records/enrolment.hpp"
#include "standing/attestation.hpp"
#include "standing/join_register.hpp"
#include "standing/wrong_tokens.hpp"

#include <caf/typed_actor.hpp>

#include <memory>
#include <string>
#include <vector>

namespace muster::service {

using admission_reply = result<admission_answer>;
using attach_reply = result<attachment>;
using decision_reply = result<decision>;
using command_reply = result<command_result>;
using change_reply = commit_outcome; ///< sequence number of the record that made the change durable

/// A session begins. `shown` is what its channel proved; `boot` is what the machine claims.
struct attach_request {
  node_id node;
  shown_certificate shown;
  boot_id boot;
  session_actor session;
};

struct detached_session {
  node_id node;
  session_epoch epoch;
};

/// The peer of a superseded session still beats. `generation`: of the node, when that session began.
struct second_host {
  node_id node;
  muster::generation generation;
};

struct missing_evidence {
  node_id node;
  session_epoch epoch;
  std::string why; ///< safe to print
};

struct command_report {
  node_id node;
  session_epoch epoch;
  command_result result;
};

// What operators order. `by` says who ordered it, for the record.

struct alarm_acknowledgement {
  node_id node;
  std::string by;
};

struct revocation {
  node_id node;
  std::string reason; ///< may be empty
  std::string by;
};

struct removal {
  node_id node;
  std::string by;
};

struct naming {
  node_id node;
  std::string name; ///< empty: the node loses its name
  std::string by;
};

struct group_move {
  node_id node;
  std::string group;
  std::string by;
};

/// The only place where a token is outside the person's hands and the agent's: it is shown once.
struct made_join_token {
  join_token on_record;
  std::shared_ptr<const crypto::secret> token; ///< 32 bytes
};
using made_join_reply = result<made_join_token>;

struct join_token_end {
  std::string id; ///< as `join_token_id`
  std::string by;
};

/// What an operator sees of all tokens.
struct join_tokens_shown {
  std::vector<join_token_line> tokens;
  std::uint64_t wrong = 0; ///< tokens that were not accepted, since the start
  std::vector<wrong_tokens::source> worst;
};

using trust_mgr_actor = caf::typed_actor<
    // A machine that proved possession of its TPM asks for admission.
    caf::replies_to<proven_machine>::with<admission_reply>,
    // A session of an admitted machine begins. A new session supersedes an older one. fault denied: the node
    // is revoked, or this is not the key of its admitted generation; not_found: an unknown node, which must
    // enrol.
    caf::replies_to<attach_request>::with<attach_reply>,
    // The session of that node and epoch is gone.
    caf::reacts_to<detached_session>,
    // The peer of a superseded session still beats: two hosts use this identity. The alarm holds until an
    // operator acknowledges it, or the identity gets a new generation.
    caf::reacts_to<second_host>,
    // An attestation ended. Answered when the decision is durable. fault conflict, and the request is
    // dropped: it is of an older epoch or number (bad news may still count), of a node that is no longer
    // admitted, or was judged by a group that the node has left.
    caf::replies_to<decision_request>::with<decision_reply>,
    // A session got no complete evidence. That is shown, and has no other effect.
    caf::reacts_to<missing_evidence>,
    // A machine's report on a command.
    caf::reacts_to<command_report>,
    // An operator orders a command. Answered when the command is settled or its time is up.
    caf::replies_to<command_request>::with<command_reply>,
    // An operator approves the candidate that waits under this node id, by its fingerprint.
    caf::replies_to<approval>::with<change_reply>,
    // An operator acknowledges the alarm that two hosts use one identity, which ends it. fault conflict:
    // there is no such alarm.
    caf::replies_to<alarm_acknowledgement>::with<change_reply>,
    // An operator revokes the EK: live sessions end at once, and a `removal` does not undo the revocation.
    caf::replies_to<revocation>::with<change_reply>,
    // An operator has a node forgotten. Its revocation, if there is one, stays.
    caf::replies_to<removal>::with<change_reply>,
    // An operator names a node. fault conflict: another node has that name.
    caf::replies_to<naming>::with<change_reply>,
    // An operator moves an admitted node to another group. Before this is answered, the node's recorded
    // claims are judged by that group's reference and policy; an open session continues under them. fault
    // conflict: the node is already in that group, or is not admitted.
    caf::replies_to<group_move>::with<change_reply>,
    // An operator wants a new join token. Answered when it is durable. fault malformed: see
    // `check_join_order`; limit: there are too many; busy: the records were rolled back.
    caf::replies_to<join_token_order>::with<made_join_reply>,
    // An operator ends a join token. What it admitted stays. fault not_found; conflict: it is revoked already.
    caf::replies_to<join_token_end>::with<change_reply>,
    // All join tokens on record.
    caf::replies_to<list_atom>::with<join_tokens_shown>,
    // From References: the context by which a group is appraised from now on. Records that were appraised
    // under an older context are appraised again in the background.
    caf::reacts_to<context_atom, context_ptr>,
    // From itself: deadlines of commands; the next record to appraise again.
    caf::reacts_to<tick_atom>, caf::reacts_to<reappraise_atom>,
    // An orderly stop: TrustMgr decides nothing more. Answered when all earlier decisions are stored.
    caf::replies_to<stop_atom>::with<bool>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::proven_machine)
MUSTER_LOCAL_MESSAGE(muster::service::attach_request)
MUSTER_LOCAL_MESSAGE(muster::service::detached_session)
MUSTER_LOCAL_MESSAGE(muster::service::second_host)
MUSTER_LOCAL_MESSAGE(muster::service::missing_evidence)
MUSTER_LOCAL_MESSAGE(muster::service::command_report)
MUSTER_LOCAL_MESSAGE(muster::service::alarm_acknowledgement)
MUSTER_LOCAL_MESSAGE(muster::service::revocation)
MUSTER_LOCAL_MESSAGE(muster::service::removal)
MUSTER_LOCAL_MESSAGE(muster::service::naming)
MUSTER_LOCAL_MESSAGE(muster::service::group_move)
MUSTER_LOCAL_MESSAGE(muster::service::join_token_order)
MUSTER_LOCAL_MESSAGE(muster::service::made_join_reply)
MUSTER_LOCAL_MESSAGE(muster::service::join_token_end)
MUSTER_LOCAL_MESSAGE(muster::service::join_tokens_shown)
MUSTER_LOCAL_MESSAGE(muster::service::decision_request)
MUSTER_LOCAL_MESSAGE(muster::service::command_request)
MUSTER_LOCAL_MESSAGE(muster::service::approval)
MUSTER_LOCAL_MESSAGE(muster::service::admission_reply)
MUSTER_LOCAL_MESSAGE(muster::service::attach_reply)
MUSTER_LOCAL_MESSAGE(muster::service::decision_reply)
MUSTER_LOCAL_MESSAGE(muster::service::command_reply)
