#include "crypto/key_strength.hpp"

#include "crypto/openssl.hpp"

#include <openssl/core_names.h>

namespace muster::crypto {

namespace {

constexpr unsigned min_trusted_rsa_bits = 2048;
constexpr std::uint32_t roca_generator = 65'537;

/// The primes below 170. Even for its smallest modulus, the library multiplies all of them into M.
constexpr std::array<std::uint32_t, 38> small_primes{
    3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
    73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};

/// Whether `residue` is a power of the generator modulo `prime`. At most `prime` steps.
constexpr bool is_generated(std::uint32_t residue, std::uint32_t prime) noexcept {
  std::uint32_t power = 1;
  for (std::uint32_t i = 0; i < prime; ++i) {
    if (power == residue) return true;
    power = power * (roca_generator % prime) % prime;
  }
  return false;
}

} // namespace

bool has_roca_fingerprint(const public_key& key) {
  if (!key.is_rsa()) return false;
  BIGNUM* n = nullptr;
  require(EVP_PKEY_get_bn_param(key.native().get(), OSSL_PKEY_PARAM_RSA_N, &n) == 1);
  const bignum_ptr modulus{n};
  return std::ranges::all_of(small_primes, [&](std::uint32_t prime) {
    return is_generated(static_cast<std::uint32_t>(BN_mod_word(modulus.get(), prime)), prime);
  });
}

status verify_key_strength(const public_key& key) {
  if (!key.is_rsa()) return {};
  if (key.bits() < min_trusted_rsa_bits) return fault{errc::denied, "key: it is RSA below 2048 bits"};
  if (has_roca_fingerprint(key))
    return fault{errc::denied, "key: it is weak (ROCA, CVE-2017-15361); update the firmware of the TPM"};
  return {};
}

} // namespace muster::crypto
