// The digests by which a list can name a certificate.
#pragma once

#include "crypto/certificate.hpp"

#include <vector>

namespace muster::crypto {

/// SHA-256 of each DER encoding with the same signed part and an equally good signature; the certificate's
/// own digest comes first. Anyone can turn an ECDSA signature (r, s) into (r, n - s), which verifies as well.
/// So a certificate signed by an ECDSA key has a twin with another digest, and listing either must cover
/// both. The issuer's curve is not in the certificate, so there is one twin for each curve on which (r, s)
/// can be a signature. An RSA signature has no twin.
std::vector<bytes32> digests_of(const certificate& one);

} // namespace muster::crypto
