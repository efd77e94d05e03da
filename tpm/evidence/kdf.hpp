// The key derivation functions of TPM 2.0.
#pragma once

#include "crypto/secret.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"

namespace muster::tpm {

/// KDFa (TPM 2.0 Part 1, 11.4.10.2): SP 800-108 in counter mode with HMAC. Pass `label` without its NUL;
/// `bits` is a multiple of 8, at most 4096.
crypto::secret kdfa(hash_algorithm hash, byte_view key, std::string_view label, byte_view context_u,
                    byte_view context_v, std::uint32_t bits);

/// KDFe (TPM 2.0 Part 1, 11.4.10.3): SP 800-56A with a hash. `z` is the shared X coordinate; `party_u` and
/// `party_v` are the X coordinates of the ephemeral and the static key. All three are padded to the field's
/// length.
crypto::secret kdfe(hash_algorithm hash, byte_view z, std::string_view label, byte_view party_u,
                    byte_view party_v, std::uint32_t bits);

} // namespace muster::tpm
