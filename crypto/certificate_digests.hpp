// By which digests a list can name a certificate.
#pragma once

#include "crypto/certificate.hpp"

#include <vector>

namespace muster::crypto {

/// SHA-256 of each DER that has the same signed part and a signature that is as good: its own first. Anybody
/// can make (r, n - s) of an ECDSA signature (r, s), which verifies as well; so a certificate that such a key
/// signed has a twin with another digest, and who lists one of them means both. The issuer's curve does not
/// stand in a certificate: there is one for each curve of which (r, s) can be a signature. An RSA signature
/// has no twin.
std::vector<bytes32> digests_of(const certificate& one);

} // namespace muster::crypto
