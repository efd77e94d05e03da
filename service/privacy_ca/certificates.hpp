// The certificates of an admitted machine.
#pragma once

#include "records/enrolment.hpp"
#include "records/store_batch.hpp"
#include "service/privacy_ca/authorities.hpp"

#include <chrono>

namespace muster::service {

/// Node certificate for `spki`, and AK certificate for `ak_public` (TPMT_PUBLIC; empty for a renewal, which
/// has none). Caller: TrustMgr admitted exactly these.
result<issued_certificates> make_node_certificates(const authorities& keys, const node_id& id, byte_view spki,
                                                   byte_view ak_public, wall_time now,
                                                   std::chrono::milliseconds lifetime);

/// What must be durable before the certificate is handed out.
void record_certificate(write_batch& batch, const node_id& id, const issued_certificates& made,
                        wall_time now);

} // namespace muster::service
