// A trust anchor that follows the one of the configuration (docs/protocol.md 1). Pure.
#pragma once

#include "crypto/certificate.hpp"

namespace muster::node {

/// Reads a new anchor that came with a renewal: DER of a CA certificate, and the signature over
///   "muster/anchor/1\0" || DER
/// with SHA-256 (ECDSA as X9.62 DER, RSA as PKCS#1 v1.5) by the key of one of `trusted`, the anchors in
/// force: who has only the keys of the service's issuers cannot give machines another anchor.
/// fault mismatch: no such signature; denied: no CA, or expired; malformed, limit: not a certificate.
result<crypto::certificate> read_new_anchor(byte_view der, byte_view signature,
                                            const std::vector<crypto::certificate>& trusted, wall_time now);

} // namespace muster::node
