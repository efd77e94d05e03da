#include "messages/vocabulary/writer.hpp"
#include "tests/tpm/format/hex.hpp"
#include "tests/tpm/machines.hpp"
#include "tpm/format/signature.hpp"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

using namespace muster;
using namespace muster::testing;
using namespace muster::tpm;

namespace {

bytes rsa_signature(std::uint16_t scheme, hash_algorithm hash, byte_view block) {
  return writer{}.u16_be(scheme).u16_be(static_cast<std::uint16_t>(hash)).sized16(block).take();
}

/// RSAPSS with a salt as long as the digest, as made by TPMs. The product never signs this way.
bytes sign_pss(const crypto::private_key& key, byte_view message) {
  auto* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* parameters = nullptr;
  REQUIRE(EVP_DigestSignInit(context, &parameters, EVP_sha256(), nullptr, key.native()) == 1);
  REQUIRE(EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1);
  REQUIRE(EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1);
  bytes out(256);
  auto size = out.size();
  REQUIRE(EVP_DigestSign(context, out.data(), &size, message.data(), message.size()) == 1);
  EVP_MD_CTX_free(context);
  return out;
}

} // namespace

TEST_CASE("an RSAPSS signature verifies, and not as RSASSA") {
  const auto key = crypto::private_key::make_rsa(2048);
  REQUIRE(key.ok());
  const auto message = as_bytes("what the TPM says");
  const auto input = rsa_signature(0x0016, hash_algorithm::sha256, sign_pss(*key, message));
  const auto sig = parse_signature(input);
  REQUIRE(sig.ok());
  CHECK(sig->algorithm == signature_algorithm::rsapss);
  CHECK(verify_signature(key->pub(), *sig, message).ok());
  CHECK_FALSE(verify_signature(key->pub(), *sig, as_bytes("what it does not say")).ok());
  auto as_rsassa = *sig;
  as_rsassa.algorithm = signature_algorithm::rsassa;
  CHECK_FALSE(verify_signature(key->pub(), as_rsassa, message).ok());
}

TEST_CASE("an ECDSA signature of a real machine is read and verifies") {
  const auto quote = testing::read_quote("direct-tis", hash_algorithm::sha256);
  const auto sig = parse_signature(quote.signature);
  REQUIRE(sig.ok());
  CHECK(sig->algorithm == signature_algorithm::ecdsa);
  CHECK(sig->hash == hash_algorithm::sha256);
  CHECK(sig->block.empty());
  const auto pem = testing::read_test_data("vm/direct-tis/ak.pem");
  const auto key = crypto::public_key::from_pem(as_text(pem));
  REQUIRE(key.ok());
  CHECK(verify_signature(*key, *sig, quote.attest).ok());
  CHECK(verify_signature(*key, *sig, quote.nonce).fault().code == errc::mismatch);
}

TEST_CASE("an RSASSA signature verifies, and not as RSAPSS") {
  const auto key = crypto::private_key::make_rsa(2048);
  REQUIRE(key.ok());
  const auto message = as_bytes("what the TPM says");
  const auto block = key->sign(hash_algorithm::sha256, message);
  REQUIRE(block.ok());
  const auto input = rsa_signature(0x0014, hash_algorithm::sha256, *block);
  const auto sig = parse_signature(input);
  REQUIRE(sig.ok());
  CHECK(sig->algorithm == signature_algorithm::rsassa);
  CHECK(verify_signature(key->pub(), *sig, message).ok());
  auto as_pss = *sig;
  as_pss.algorithm = signature_algorithm::rsapss;
  CHECK_FALSE(verify_signature(key->pub(), as_pss, message).ok());
  auto as_ecdsa = *sig;
  as_ecdsa.algorithm = signature_algorithm::ecdsa;
  CHECK_FALSE(verify_signature(key->pub(), as_ecdsa, message).ok());
}

TEST_CASE("a signature that is cut anywhere, or has a byte too many, is refused") {
  for (const auto& whole : {testing::read_quote("grub-sb", hash_algorithm::sha256).signature,
                            rsa_signature(0x0016, hash_algorithm::sha384, bytes(256, 1))}) {
    REQUIRE(parse_signature(whole).ok());
    for (std::size_t length = 0; length < whole.size(); ++length)
      CHECK_FALSE(parse_signature(byte_view{whole}.first(length)).ok());
    auto longer = whole;
    longer.push_back(0);
    CHECK(parse_signature(longer).fault().code == errc::malformed);
  }
}

TEST_CASE("unsupported signatures are refused") {
  struct row {
    const char* what;
    bytes input;
    errc code;
  };
  const row rows[]{
      {"SM2", hex("001b00120001010001"), errc::unsupported},
      {"ECDAA", hex("001a000b0001010001"), errc::unsupported},
      {"HMAC", hex("0005000b"), errc::unsupported},
      {"null", hex("0010"), errc::malformed},
      {"unknown hash", hex("00180027000101000101"), errc::unsupported},
      {"empty r", hex("0018000b0000000101"), errc::malformed},
      {"empty block", hex("0014000b0000"), errc::malformed},
      {"r longer than any curve",
       writer{}.u16_be(0x18).u16_be(0xb).sized16(bytes(67, 1)).sized16(bytes(1, 1)).take(), errc::limit},
      {"block longer than any key", rsa_signature(0x14, hash_algorithm::sha256, bytes(1025, 1)), errc::limit},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    const auto sig = parse_signature(r.input);
    REQUIRE_FALSE(sig.ok());
    CHECK(sig.fault().code == r.code);
  }
}
