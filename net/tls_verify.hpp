// Judges the certificate that a peer showed. Only for the tls_*.cpp of this folder.
#pragma once

#include "net/tls_state.hpp"

namespace muster::net {

/// Establishes who a client is: the role that its URI claims is one of `roles`, and `crypto::verify_chain`
/// holds for that role over `trust.issuers` to `trust.anchors`. On success role and chain are in `notes`.
/// fault malformed, untrusted, expired or denied.
status judge_client(X509& leaf, const std::vector<peer_role>& roles, const tls_trust& trust,
                    handshake_notes& notes);

/// Checks that a service is the one we mean: `crypto::verify_chain` for service_tls over the certificates
/// that it `sent` to `trust.anchors`, `crypto::verify_service_issuer` if there is a trust list, and
/// `crypto::verify_service_name`. Faults as above, and limit: too many certificates.
status judge_service(X509& leaf, STACK_OF(X509) * sent, const tls_trust& trust, const std::string& name,
                     handshake_notes& notes);

} // namespace muster::net
