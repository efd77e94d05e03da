// Signatures that are appended to kernel modules and images: PKCS#7 around a digest.
#pragma once

#include "crypto/key.hpp"

namespace muster::crypto {

/// Longest PKCS#7 message, in bytes; the kernel's own are under 1 KB.
inline constexpr std::size_t max_appended_signature = 16UL * 1024;

/// Whether `pkcs7` is a detached CMS SignedData (RFC 5652) in which `key` signed content with this digest.
/// The expected form is that of the kernel's scripts/sign-file: without signed attributes, so the signature
/// is over the digest itself. The certificate that the message names is ignored, because the caller chose the
/// key. fault mismatch: no signer's signature holds; malformed; unsupported: signed attributes, content
/// inside, or over 4 signers; limit.
status verify_appended(byte_view pkcs7, hash_algorithm algorithm, byte_view digest, const public_key& key);

} // namespace muster::crypto
