// Time stamps of an authority (RFC 3161).
#pragma once

#include "crypto/certificate.hpp"

#include <span>

namespace muster::crypto {

/// Verifies a TimeStampToken in DER, and returns the time that it states for `covered`. Checks:
///   1. it is a CMS SignedData (RFC 5652) with one signer and a TSTInfo of version 1, and nothing else
///   2. its imprint is that of `covered`, by SHA-256, SHA-384 or SHA-512, and it is signed by one of these
///   3. its signer's certificate is for time stamps alone (critical extended key usage timeStamping), a path
///      leads from it to one of `roots`, and all of the path is valid at `at`: the authority's key could
///      otherwise be one that was lost and makes stamps of any time
///   4. the stated time is not after `at`
/// fault malformed, unsupported, mismatch, untrusted, expired, denied.
result<wall_time> verify_timestamp(byte_view token, byte_view covered, std::span<const certificate> roots,
                                   wall_time at);

} // namespace muster::crypto
