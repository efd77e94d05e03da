// Between the state on record and what an attestation goes on from.
#pragma once

#include "appraisal/attestation/attestation_outcome.hpp"
#include "records/node_record.hpp"

namespace muster::service {

/// Null if nothing of a boot is verified, or the PCR values on record do not fit a TPM.
std::shared_ptr<const appraisal::recorded_boot> recorded_boot_of(const node_state& state);

/// Puts what was verified into the state.
void record_boot(node_state& state, const appraisal::recorded_boot& verified);

/// Nothing of a boot is verified any more: a new generation, or counters that went back.
void forget_boot(node_state& state);

} // namespace muster::service
