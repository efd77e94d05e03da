// Verifies the certificate of a bundle's AK. Without it, a bundle made with a software key and the EK of
// another machine looks like a bundle of that machine. Pure.
#pragma once

#include "appraisal/bundle/bundle_codec.hpp"
#include "crypto/chain.hpp"

namespace muster::appraisal {

/// The result of `verify_bundle_ak`.
struct vouched_ak {
  crypto::ak_owner owner; ///< the header's node and generation
  wall_time certified;    ///< notBefore of the certificate: the issuer's word
  std::string anchor;     ///< subject of the anchor; safe to print
};

/// Name of the header's AK: nameAlg || H(TPMT_PUBLIC). fault: it does not have the form of an AK.
result<bytes> ak_name_of(const bundle_header& header);

/// Verifies the certificate of the AK under one of `anchors`, which the caller trusts for this service.
/// Checks:
///   1. the chain for the purpose `ak` was valid when the certificate was made. At that time the service
///      checked that the TPM of the EK holds the key, and a key in a TPM does not expire
///   2. the certificate is for the key that signed the quote
///   3. it names the header's node, which is the SHA-256 of the EK in the header, and its generation
/// fault not_found: the bundle has no certificate; mismatch: it is for another key, node or generation; or
/// the
/// fault of the chain.
result<vouched_ak> verify_bundle_ak(const bundle_header& header,
                                    std::span<const crypto::certificate> anchors);

} // namespace muster::appraisal
