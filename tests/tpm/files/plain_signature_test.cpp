// Keys and signatures without the TPM's frame around them.
#include "crypto/ecdsa_signature.hpp"
#include "tpm/evidence/ak.hpp"
#include "tpm/files/bare_key.hpp"
#include "tpm/files/plain_signature.hpp"
#include "tpm/format/signature.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::tpm;

namespace {

const bytes message(100, 7);

std::vector<crypto::private_key> keys() {
  return {crypto::private_key::make_ec(crypto::curve::p256),
          crypto::private_key::make_ec(crypto::curve::p384),
          crypto::private_key::make_ec(crypto::curve::p521), crypto::private_key::make_rsa(2048).value(),
          crypto::private_key::make_rsa(3072).value()};
}

signing_scheme scheme_of(const crypto::public_key& key, hash_algorithm hash) {
  return {key.is_rsa() ? signature_algorithm::rsassa : signature_algorithm::ecdsa, hash};
}

bool holds(const crypto::public_key& key, byte_view framed) {
  const auto sig = parse_signature(framed);
  return sig && verify_signature(key, *sig, message).ok();
}

} // namespace

TEST_CASE("a plain signature becomes the TPMT_SIGNATURE that says the same") {
  for (const auto& pair : keys()) {
    const auto& key = pair.pub();
    CAPTURE(key.bits());
    for (const auto hash : {hash_algorithm::sha256, hash_algorithm::sha384, hash_algorithm::sha512}) {
      const auto plain = pair.sign(hash, message).value();
      REQUIRE(is_plain_signature(plain, key));
      const auto framed = framed_signature(plain, key, scheme_of(key, hash));
      REQUIRE_MESSAGE(framed.ok(), framed.fault().check);
      CHECK(holds(key, *framed));
      const auto of_other_hash =
          hash == hash_algorithm::sha256 ? hash_algorithm::sha512 : hash_algorithm::sha256;
      CHECK_FALSE(holds(key, framed_signature(plain, key, scheme_of(key, of_other_hash)).value()));
      if (key.is_rsa()) continue;
      // r || s, as in a JSON web signature.
      const auto fixed = crypto::ecdsa_to_fixed(plain, (key.bits() + 7) / 8).value();
      CHECK(framed_signature(fixed, key, scheme_of(key, hash)).value() == *framed);
    }
  }
}

TEST_CASE("bytes that do not have the form of the key's signatures are not one") {
  for (const auto& pair : keys()) {
    const auto& key = pair.pub();
    CAPTURE(key.bits());
    const auto scheme = scheme_of(key, hash_algorithm::sha256);
    for (const std::size_t size : {0U, 1U, 63U, 257U, 1024U}) {
      CHECK_FALSE(is_plain_signature(bytes(size, 0x41), key));
      CHECK(framed_signature(bytes(size, 0x41), key, scheme).fault().code == errc::malformed);
    }
    const signing_scheme other{key.is_rsa() ? signature_algorithm::ecdsa : signature_algorithm::rsapss,
                               hash_algorithm::sha256};
    CHECK(framed_signature(pair.sign(hash_algorithm::sha256, message).value(), key, other).fault().code
          == errc::mismatch);
  }
}

TEST_CASE("a bare key gets the public area of an AK of ours, with the scheme that is said") {
  for (const auto& pair : keys()) {
    const auto& key = pair.pub();
    CAPTURE(key.bits());
    const auto scheme = scheme_of(key, hash_algorithm::sha384);
    for (const auto& bare : {parse_bare_key(as_bytes(key.pem())), parse_bare_key(key.spki())}) {
      REQUIRE_MESSAGE(bare.ok(), bare.fault().check);
      const auto area = assumed_area(*bare, scheme);
      REQUIRE_MESSAGE(area.ok(), area.fault().check);
      CHECK(area->scheme() == scheme);
      CHECK(key_of(*area)->spki() == key.spki());
      CHECK(verify_ak_form(*area).ok());
    }
    CHECK(assumed_area(key, {key.is_rsa() ? signature_algorithm::ecdsa : signature_algorithm::rsapss,
                             hash_algorithm::sha256})
              .fault()
              .code
          == errc::mismatch);
  }
  CHECK_FALSE(
      parse_bare_key(as_bytes("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")).ok());
  CHECK_FALSE(parse_bare_key({}).ok());
}
