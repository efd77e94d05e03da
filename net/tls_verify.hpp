// Judges the certificate that a peer showed. For the tls_*.cpp of this folder only.
#pragma once

#include "net/tls_state.hpp"

namespace muster::net {

/// Who a client is: the role that its URI claims is one of `roles`, and `crypto::verify_chain` holds for it
/// over `trust.issuers` to `trust.anchors`. The finding is left in `notes`.
/// fault malformed, untrusted, expired or denied.
status judge_client(X509& leaf, const std::vector<peer_role>& roles, const tls_trust& trust,
                    handshake_notes& notes);

/// Whether a service is the one that we mean: `crypto::verify_chain` for service_tls over what it `sent` to
/// `trust.anchors`, `crypto::verify_service_issuer` where there is a trust list, and
/// `crypto::verify_service_name`. Faults as above, and limit.
status judge_service(X509& leaf, STACK_OF(X509) * sent, const tls_trust& trust, const std::string& name,
                     handshake_notes& notes);

} // namespace muster::net
