// The certificates of an admitted machine.
#pragma once

#include "records/enrolment.hpp"
#include "records/store_batch.hpp"
#include "service/privacy_ca/authorities.hpp"

#include <chrono>

namespace muster::service {

/// Node certificate for the node's key, `lifetime` long, and AK certificate unless it is a renewal. The
/// latter says what was proven at its notBefore and holds as long as its issuer: it is what makes a bundle of
/// evidence the machine's, years later (docs/evidence.md). Caller: TrustMgr admitted exactly these.
result<issued_certificates> make_node_certificates(const authorities& keys, const certificate_request& wanted,
                                                   wall_time now, std::chrono::milliseconds lifetime);

/// What must be durable before the certificates are handed out. The record of the log names the AK's
/// certificate in the words of appraisal/bundle/bundle_log.hpp.
void record_certificate(write_batch& batch, const node_id& id, const issued_certificates& made,
                        wall_time now);

} // namespace muster::service
