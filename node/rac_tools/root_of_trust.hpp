// What the node asks of its TPM. Each function opens the TPM and closes it again. Adapter; blocks.
#pragma once

#include "actors/node/evidence.hpp"
#include "actors/node/machine.hpp"
#include "tpm/device/address.hpp"

namespace muster::node {

/// Fills in the part of a survey that comes from the TPM.
void survey_chip(const tpm::chip_address& at, boot_survey& out);

/// Keys and certificates; `facts` stays empty.
result<machine_identity> read_identity(const tpm::chip_address& at);

/// Activates the credential and quotes the transcript (docs/protocol.md 2.3).
/// fault mismatch: the credential is not for this EK and AK.
result<enrolment_answer> answer_challenge(const tpm::chip_address& at, const enrolment_question& question);

/// Reads the PCR values, then makes the quote that binds `manifest`. Quotes again, up to 3 times in all, if a
/// PCR that IMA does not extend moved in between. `last` stays false.
result<quoted_evidence> quote_evidence(const tpm::chip_address& at, const evidence_order& order,
                                       bytes manifest);

} // namespace muster::node
