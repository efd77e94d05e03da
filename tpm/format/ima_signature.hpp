// A file's signature, as the kernel stores it in security.ima and copies it into the log (field `sig`).
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "messages/vocabulary/result.hpp"

namespace muster::tpm {

/// What a signature claims to sign. In version 2 the type is outside the signed data, in version 3 inside.
enum class ima_signature_kind : std::uint8_t {
  file_digest,  ///< EVM_IMA_XATTR_DIGSIG (3), version 2: over the file's digest itself
  verity_digest ///< IMA_VERITY_DIGSIG (6), version 3: over the hash of type, algorithm and fs-verity digest
};

/// struct signature_v2_hdr (security/integrity/integrity.h). A view; promises nothing.
struct ima_signature {
  ima_signature_kind kind = ima_signature_kind::file_digest;
  hash_algorithm algorithm = hash_algorithm::sha256; ///< of the digest that was signed
  std::uint8_t kernel_algorithm = 0;                 ///< the same as the kernel's number (enum hash_algo)
  std::uint32_t key_id = 0; ///< last 4 bytes of the key's identifier: only a hint where to look
  byte_view signature;      ///< RSA PKCS#1 v1.5 block, or ECDSA in X9.62 DER
};

/// Type, version, algorithm, key id, length, and that many bytes, with no trailing bytes. fault malformed;
/// unsupported: a digest without a signature (type 1, 4), version 1, an algorithm that we do not support, or
/// a type that does not match the version.
result<ima_signature> parse_ima_signature(byte_view input);

/// Longest `signature`: RSA of 8,192 bits.
inline constexpr std::size_t max_ima_signature = 1024;

} // namespace muster::tpm
