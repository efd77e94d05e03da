// The certificates of an admitted machine.
#pragma once

#include "records/enrolment.hpp"
#include "records/store_batch.hpp"
#include "service/privacy_ca/authorities.hpp"

#include <chrono>

namespace muster::service {

/// Makes the node certificate for the node's key, valid for `lifetime`, and the AK certificate unless this is
/// a renewal. The AK certificate states what was proven at its notBefore, and is valid as long as its issuer:
/// it ties a bundle of evidence to the machine even years later (docs/evidence.md). Caller: TrustMgr admitted
/// exactly these keys.
result<issued_certificates> make_node_certificates(const authorities& keys, const certificate_request& wanted,
                                                   wall_time now, std::chrono::milliseconds lifetime);

/// Adds to `batch` what must be durable before the certificates are handed out. The log record names the AK
/// certificate in the words of appraisal/bundle/bundle_log.hpp.
void record_certificate(write_batch& batch, const node_id& id, const issued_certificates& made,
                        wall_time now);

} // namespace muster::service
