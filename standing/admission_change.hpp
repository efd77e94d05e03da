// What changes when a machine that proved itself asks for admission (docs/protocol.md 2.4). Pure.
#pragma once

#include "records/enrolment.hpp"
#include "standing/admission.hpp"
#include "standing/attestation.hpp"
#include "standing/node_change.hpp"
#include "standing/node_register.hpp"

namespace muster::service {

using admission_change = answered_change<admission_answer>;

/// `revoked`: its EK is revoked. fault: as `decide_admission`. If a token admits it (`join_used` of the answer),
/// the use becomes durable with the machine's record. Until then the caller holds it (standing/join_register.hpp).
result<admission_change> admit(const settled_node& at, const proven_machine& who, bool revoked,
                               const admission_rules& rules, const node_register& all, wall_time now,
                               const join_offer& offer = {});

/// Drops a candidate that waited too long. A machine that was never admitted is forgotten. Nothing changes if
/// no candidate waits, or its time is not over.
node_change expire_candidate(const settled_node& at, wall_time now);

} // namespace muster::service
