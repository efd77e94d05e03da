// What the admission of a machine that proved itself changes (docs/protocol.md 2.4). Pure.
#pragma once

#include "records/enrolment.hpp"
#include "standing/admission.hpp"
#include "standing/attestation.hpp"
#include "standing/node_change.hpp"
#include "standing/node_register.hpp"

namespace muster::service {

using admission_change = answered_change<admission_answer>;

/// `revoked`: its EK is. fault: as `decide_admission`.
result<admission_change> admit(const settled_node& at, const proven_machine& who, bool revoked,
                               const admission_rules& rules, const node_register& all, wall_time now);

/// Its candidate waited too long: it is one no more, and a machine that never was admitted is forgotten.
/// Nothing changes where none waits, or its time is not over.
node_change expire_candidate(const settled_node& at, wall_time now);

} // namespace muster::service
