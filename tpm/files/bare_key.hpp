// Public keys without a TPM's word about their use: PEM and DER.
#pragma once

#include "tpm/format/public_area.hpp"

namespace muster::tpm {

/// A SubjectPublicKeyInfo, as one PEM block "PUBLIC KEY" or as DER. fault malformed, unsupported.
result<crypto::public_key> parse_bare_key(byte_view content);

/// The public area that Muster's own AKs have, with this key and this scheme: a bare key says neither how it
/// signs nor what its TPM promises about it, so the caller answers for both. fault mismatch: the scheme is not
/// one of such keys; unsupported: an RSA key of a size or an exponent that no TPM has.
result<public_area> assumed_area(const crypto::public_key& key, signing_scheme scheme);

} // namespace muster::tpm
