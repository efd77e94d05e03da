#include "crypto/key_strength.hpp"
#include "crypto/openssl.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::crypto;

namespace {

/// M of the ROCA paper: the product of the first `count` primes.
bignum_ptr primorial(unsigned count) {
  bignum_ptr out{BN_new()};
  BN_one(out.get());
  unsigned found = 0;
  for (unsigned n = 2; found < count; ++n) {
    bool prime = true;
    for (unsigned d = 2; d * d <= n; ++d)
      prime = prime && n % d != 0;
    if (!prime) continue;
    BN_mul_word(out.get(), n);
    ++found;
  }
  return out;
}

/// A number with the structure of Infineon's primes. The fingerprint does not need it to be prime.
bignum_ptr roca_factor(const BIGNUM* m, unsigned exponent, unsigned bits) {
  const bignum_ctx_ptr context{BN_CTX_new()};
  bignum_ptr power{BN_new()};
  bignum_ptr base{BN_new()};
  bignum_ptr a{BN_new()};
  bignum_ptr k{BN_new()};
  BN_set_word(base.get(), 65537);
  BN_set_word(a.get(), exponent);
  BN_mod_exp(power.get(), base.get(), a.get(), m, context.get());
  BN_one(k.get());
  BN_lshift(k.get(), k.get(), static_cast<int>(bits) - 1 - BN_num_bits(m));
  BN_add_word(k.get(), exponent);
  BN_lshift(k.get(), k.get(), 1);
  bignum_ptr out{BN_new()};
  BN_mul(out.get(), k.get(), m, context.get());
  BN_add(out.get(), out.get(), power.get());
  return out;
}

bytes raw(const BIGNUM* number) {
  bytes out(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, out.data());
  return out;
}

bytes roca_modulus() {
  // Infineon's library used 126 primes for keys of 2048 bits.
  const auto m = primorial(126);
  const auto p = roca_factor(m.get(), 12'345, 1024);
  const auto q = roca_factor(m.get(), 54'321, 1024);
  const bignum_ctx_ptr context{BN_CTX_new()};
  const bignum_ptr n{BN_new()};
  BN_mul(n.get(), p.get(), q.get(), context.get());
  return raw(n.get());
}

} // namespace

TEST_CASE("check 01: a modulus with the structure of ROCA is recognised, and its neighbours are not") {
  auto modulus = roca_modulus();
  const auto weak = public_key::from_rsa(modulus, 65537);
  REQUIRE(weak.ok());
  REQUIRE(weak->bits() >= 2048);
  CHECK(has_roca_fingerprint(*weak));
  CHECK(verify_key_strength(*weak).fault().code == errc::denied);
  for (const std::uint8_t step : bytes{2, 4, 6, 8, 64}) {
    auto other = modulus;
    other.back() = static_cast<std::uint8_t>(other.back() ^ step);
    CHECK_FALSE(has_roca_fingerprint(*public_key::from_rsa(other, 65537)));
  }
}

TEST_CASE("check 01: RSA below 2048 bits is weak; sound RSA and EC keys are not") {
  CHECK(verify_key_strength(private_key::make_rsa(1024)->pub()).fault().code == errc::denied);
  CHECK(verify_key_strength(private_key::make_rsa(2048)->pub()).ok());
  CHECK(verify_key_strength(private_key::make_ec(curve::p256).pub()).ok());
  CHECK_FALSE(has_roca_fingerprint(private_key::make_ec(curve::p384).pub()));
}
