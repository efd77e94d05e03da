// What the log proves about a kept attestation, for its bundle.
#pragma once

#include "appraisal/bundle/bundle_codec.hpp"
#include "records/store_port.hpp"

namespace muster::service {

/// Where to look for the records of the attestation.
struct proof_places {
  sequence result;     ///< of the result: a changed verdict is entered right before it
  wall_time certified; ///< when the AK's certificate was issued, as its record says
};

/// The records of the AK's certificate and of this attestation, under the newest signed head. Empty if one of
/// them is not in the log, or is not under a head yet: routine attestations enter nothing. If the service's
/// clock was set back, the record of the certificate may not be found. Takes O(log size) reads.
std::optional<appraisal::log_proof>
prove_in_log(const store_reader& store, const appraisal::bundle_header& header, const proof_places& places);

} // namespace muster::service
