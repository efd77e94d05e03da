// RECORDLOG: signs the heads of the log of records, and judges those that others kept (docs/protocol.md 8).
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/local_message.hpp"
#include "actors/service/store.hpp"
#include "records/log_alarm.hpp"

#include <caf/typed_actor.hpp>

namespace muster::service {

using record_log_actor = caf::typed_actor<
    // A session: its machine kept these heads (crypto/log_head.hpp, one behind the other). Replies once
    // the heads have been checked. A session may attach the machine only after this reply: by then either the
    // heads match our log, or the service is marked as rolled back. A head that our key did not sign is
    // dropped and counted.
    caf::replies_to<witness_atom, node_id, bytes>::with<bool>,
    // An operator knows of the loss that this head showed first: no head of it counts any more. Head, who.
    // fault not_found: no such alarm; conflict: it was acknowledged before.
    caf::replies_to<ack_atom, head_name, std::string>::with<commit_outcome>,
    // Itself: sign a head if the log grew, or if the last one is an hour old.
    caf::reacts_to<tick_atom>,
    // In order: a last head, if the log grew.
    caf::replies_to<stop_atom>::with<bool>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::head_name)
