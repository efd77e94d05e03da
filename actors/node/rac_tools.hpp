// RAC TOOLS: the only owner of the root of trust and of the measurement logs. Detached.
#pragma once

#include "actors/node/atoms.hpp"
#include "actors/node/evidence.hpp"
#include "actors/node/machine.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

namespace muster::node {

using rac_tools_actor = caf::typed_actor<
    // What can be seen of measured boot. Always answered: what is missing is part of the answer.
    caf::replies_to<survey_atom>::with<boot_survey>,
    // Keys, certificates and facts for an enrolment. Making an RSA key may take a TPM minutes.
    caf::replies_to<measured_boot>::with<result<machine_identity>>,
    // Activates the credential and quotes the transcript. The secret does not leave RAC Tools.
    caf::replies_to<enrolment_question>::with<result<enrolment_answer>>,
    // Boot log, manifest, PCR values, quote. Drops evidence that was begun before.
    caf::replies_to<evidence_order>::with<result<quoted_evidence>>,
    // The next part of that evidence's logs; the part marked `last` ends it. fault conflict: another
    // attestation has begun since, or this one is over.
    caf::replies_to<read_atom, attestation_number>::with<result<log_part>>>;

} // namespace muster::node
