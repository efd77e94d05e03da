// RECORDLOG: signs the heads of the log of records, and checks those that machines kept (docs/protocol.md 8).
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/local_message.hpp"
#include "actors/service/store.hpp"
#include "records/log_alarm.hpp"

#include <caf/typed_actor.hpp>

namespace muster::service {

struct loss_acknowledgement {
  head_name head;
  std::string by; ///< goes into the record
};

using record_log_actor = caf::typed_actor<
    // From a session: the heads that its machine kept (crypto/log_head.hpp, concatenated). Answered once they
    // have been checked. A session may attach the machine only after this answer: by then either the heads
    // match our log, or the service is marked as rolled back. A head that our key did not sign is dropped and
    // counted.
    caf::replies_to<witness_atom, node_id, bytes>::with<bool>,
    // An operator acknowledges the loss that this head was the first to show: no head that shows this loss
    // counts any more. fault not_found: no such alarm; conflict:
    // acknowledged before.
    caf::replies_to<loss_acknowledgement>::with<commit_outcome>,
    // From itself: signs a head if the log has grown, or if the last head is an hour old.
    caf::reacts_to<tick_atom>,
    // An orderly stop: signs a last head if the log has grown.
    caf::replies_to<stop_atom>::with<bool>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::loss_acknowledgement)
