// Who vouches for the AK of a bundle: without somebody, a bundle of a software key and another machine's EK
// reads as that machine's. Pure.
#pragma once

#include "appraisal/bundle/bundle_record.hpp"
#include "crypto/chain.hpp"

namespace muster::appraisal {

/// What `verify_bundle_ak` found proven.
struct vouched_ak {
  crypto::ak_owner owner; ///< the header's node and generation
  wall_time certified;    ///< notBefore of the certificate: the issuer's word
  std::string anchor;     ///< subject of the anchor; safe to print
};

/// Name of the header's AK: nameAlg || H(TPMT_PUBLIC). fault: it has not the form of an AK.
result<bytes> ak_name_of(const bundle_header& header);

/// The certificate of the AK, under one of `anchors`, which the caller trusts for this service. Checks:
///   1. a chain for the purpose `ak` that was valid when the certificate was made: the service saw then that
///      the TPM of the EK holds the key, and a key in a TPM does not expire
///   2. it is for the key that signed the quote
///   3. it names the header's node, which is the SHA-256 of the EK in the header, and its generation
/// fault not_found: the bundle has no certificate; mismatch: of another key, node or generation; or what the
/// chain fails at.
result<vouched_ak> verify_bundle_ak(const bundle_header& header,
                                    std::span<const crypto::certificate> anchors);

} // namespace muster::appraisal
