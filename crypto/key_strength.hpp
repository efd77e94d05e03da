// Public keys that must not be believed even if their certificates are in order.
#pragma once

#include "crypto/key.hpp"

namespace muster::crypto {

/// Whether an RSA modulus has the structure that Infineon's library gave its primes, p = k * M + 65537^a mod
/// M (CVE-2017-15361, "ROCA"; Nemec et al., CCS 2017): modulo each small prime, it is in the subgroup that
/// 65537 generates. A sound modulus has it by chance about once in 2^27. EC keys never have it.
bool has_roca_fingerprint(const public_key& key);

/// fault denied: RSA below 2048 bits, or with the fingerprint above.
status verify_key_strength(const public_key& key);

} // namespace muster::crypto
