// TPMT_SIGNATURE: a signature as the TPM returns it.
#pragma once

#include "crypto/key.hpp"
#include "tpm/format/object_attributes.hpp"

namespace muster::tpm {

/// A parsed TPMT_SIGNATURE. Views point into the parsed bytes.
struct signature {
  signature_algorithm algorithm = signature_algorithm::ecdsa;
  hash_algorithm hash = hash_algorithm::sha256;
  byte_view r;     ///< ECDSA
  byte_view s;     ///< ECDSA
  byte_view block; ///< RSASSA, RSAPSS
};

/// Parses a TPMT_SIGNATURE (TPM 2.0 Part 2, 11.3.4) of ECDSA, RSASSA or RSAPSS, with no trailing bytes. fault
/// malformed, unsupported, limit (numbers longer than any supported key).
result<signature> parse_signature(byte_view input);

/// Verifies `sig` over `message`. The caller must have compared algorithm and hash with the key's scheme;
/// otherwise a signature could choose a weaker one. fault mismatch.
status verify_signature(const crypto::public_key& key, const signature& sig, byte_view message);

} // namespace muster::tpm
