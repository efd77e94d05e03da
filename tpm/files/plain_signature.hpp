// Signatures without the TPM's frame, as `tpm2_quote -f plain`, OpenSSL and clouds write them.
#pragma once

#include "tpm/format/public_area.hpp"

namespace muster::tpm {

/// Whether the bytes have the form of a signature by this key: for RSA as many bytes as the modulus has; for
/// ECC an Ecdsa-Sig-Value in DER (RFC 3279, 2.2.3), or r || s, each as long as the field. Nothing in them names
/// a scheme, and any bytes of an RSA key's length have the form.
bool is_plain_signature(byte_view content, const crypto::public_key& key);

/// The TPMT_SIGNATURE that says the same under `scheme`. fault malformed: not the form of a signature by this
/// key; mismatch: the scheme is not one of such keys.
result<bytes> framed_signature(byte_view content, const crypto::public_key& key, signing_scheme scheme);

} // namespace muster::tpm
