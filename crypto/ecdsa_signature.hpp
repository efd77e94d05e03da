// The two encodings of an ECDSA signature: separate r and s (TPM, JWS) and X9.62 DER (X.509, TLS, OpenSSL).
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

namespace muster::crypto {

/// Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER } (RFC 3279, 2.2.3), DER. `r` and `s` are big-endian;
/// leading zeros are harmless. fault malformed: longer than 66 bytes (P-521).
result<bytes> ecdsa_to_der(byte_view r, byte_view s);

/// r || s, each padded to `field` bytes; with `field` = 32 this is the form of JWS ES256 (RFC 7518, 3.4).
/// fault malformed: not DER, negative, longer than the field, or trailing bytes.
result<bytes> ecdsa_to_fixed(byte_view der, std::size_t field);

} // namespace muster::crypto
