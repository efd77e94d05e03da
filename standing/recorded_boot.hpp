// Converts between the state on record and what an attestation continues from.
#pragma once

#include "appraisal/attestation/attestation_outcome.hpp"
#include "records/node_record.hpp"

namespace muster::service {

/// Null: no boot is verified, or the PCR values on record do not fit a TPM.
std::shared_ptr<const appraisal::recorded_boot> recorded_boot_of(const node_state& state);

/// Puts a verified boot into the state.
void record_boot(node_state& state, const appraisal::recorded_boot& verified);

/// Removes the verified boot from the state, and ends the lease: a new generation begins.
void forget_boot(node_state& state);

} // namespace muster::service
