// Judges the certificate that a peer showed. For the tls_*.cpp of this folder only.
#pragma once

#include "net/tls_state.hpp"

namespace muster::net {

/// Why a certificate was refused: our words, and the X509_V_ERR from which OpenSSL makes the alert.
struct refusal {
  fault why;
  int x509_error = X509_V_ERR_APPLICATION_VERIFICATION;
};

/// Who a client is. Checks, in this order:
///   1. exactly one URI SAN, `muster:ROLE:ID`, and no other; a node's ID is 64 digits of lower-case hex
///   2. there are issuers for that role here
///   3. chain to one of *that role's* issuers, all certificates valid now, 112 bits of security or more
///   4. EKU is there and has clientAuth; not a CA
/// On success role and id are in `notes`.
std::optional<refusal> judge_client(X509& leaf, STACK_OF(X509) * sent,
                                    const std::vector<issuer_store>& issuers, handshake_notes& notes);

/// Whether a service is the one that we mean. Checks, in this order:
///   1. chain to one of `anchors`, all certificates valid now, 112 bits of security or more
///   2. EKU is there and has serverAuth; not a CA
///   3. `name` is among its DNS names, without wildcards
std::optional<refusal> judge_service(X509& leaf, STACK_OF(X509) * sent, X509_STORE& anchors,
                                     const std::string& name);

} // namespace muster::net
