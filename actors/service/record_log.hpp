// RECORDLOG: signs the heads of the log of records, and judges those that others kept (docs/protocol.md 8).
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/local_message.hpp"
#include "actors/service/log_alarm.hpp"
#include "actors/service/store.hpp"

#include <caf/typed_actor.hpp>

namespace muster::service {

using record_log_actor = caf::typed_actor<
    // A session: its machine kept these heads (crypto/log_head.hpp, one behind the other). Answered when they
    // are judged: who attaches a machine after that attaches it to records that its heads agree with, or to a
    // service that knows that it is rolled back. What is no head of ours is dropped and counted.
    caf::replies_to<witness_atom, node_id, bytes>::with<bool>,
    // An operator knows that the records up to this head are lost or changed: it counts no more. Head, who.
    // fault not_found: no such alarm; conflict: it was acknowledged before.
    caf::replies_to<ack_atom, head_name, std::string>::with<commit_outcome>,
    // Itself: sign a head if the log grew, or if the last one is an hour old.
    caf::reacts_to<tick_atom>,
    // In order: a last head, if the log grew.
    caf::replies_to<stop_atom>::with<bool>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::head_name)
