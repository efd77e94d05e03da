// What the log proves of a kept attestation, for its bundle.
#pragma once

#include "appraisal/bundle/bundle_record.hpp"
#include "records/store_port.hpp"

namespace muster::service {

/// Where its records are looked for.
struct proof_places {
  sequence result;     ///< of the result: a change of the verdict is entered right before it
  wall_time certified; ///< when the AK's certificate was issued, as its record says
};

/// The records of the AK's certificate and of this attestation, under the newest signed head. Empty if one of
/// them is not in the log, or not under a head yet: routine attestations enter nothing. A clock of the
/// service that was set back can hide the record of the certificate. O(log size) reads.
std::optional<appraisal::log_proof>
prove_in_log(const store_reader& store, const appraisal::bundle_header& header, const proof_places& places);

} // namespace muster::service
