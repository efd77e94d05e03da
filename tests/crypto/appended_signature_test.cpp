#include "crypto/appended_signature.hpp"
#include "crypto/certificate.hpp"
#include "crypto/digest.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

using namespace muster;
using namespace muster::crypto;

namespace {

bytes signature_file(const std::string& name) {
  std::ifstream in{std::string{MUSTER_SOURCE_DIR} + "/tests/data/signatures/" + name, std::ios::binary};
  REQUIRE(in.good());
  return bytes{std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

public_key module_signer() {
  const auto pem = signature_file("signer.pem");
  return certificate::from_pem(as_text(pem)).value().key();
}

errc code_of(const status& outcome) { return outcome.ok() ? errc::internal : outcome.fault().code; }

} // namespace

TEST_CASE("an appended signature holds for the digest that was signed, and for the key that signed") {
  const auto digest = hash(hash_algorithm::sha256, signature_file("module"));
  const auto p7 = signature_file("appended.p7");
  CHECK(verify_appended(p7, hash_algorithm::sha256, digest.view(), module_signer()).ok());

  const auto other = hash(hash_algorithm::sha256, as_bytes("another module"));
  CHECK(code_of(verify_appended(p7, hash_algorithm::sha256, other.view(), module_signer()))
        == errc::mismatch);
  const auto stranger = private_key::make_rsa(2048).value().pub();
  CHECK(code_of(verify_appended(p7, hash_algorithm::sha256, digest.view(), stranger)) == errc::mismatch);
  const auto curve_key = private_key::make_ec(curve::p256).pub();
  CHECK_FALSE(verify_appended(p7, hash_algorithm::sha256, digest.view(), curve_key).ok());
  const auto sha384 = hash(hash_algorithm::sha384, signature_file("module"));
  CHECK(code_of(verify_appended(p7, hash_algorithm::sha384, sha384.view(), module_signer()))
        == errc::mismatch);
}

TEST_CASE("an appended signature in any form but the kernel's is refused") {
  const auto digest = hash(hash_algorithm::sha256, signature_file("module"));
  const auto refused = [&](byte_view p7) {
    return code_of(verify_appended(p7, hash_algorithm::sha256, digest.view(), module_signer()));
  };
  CHECK(refused(signature_file("attributes.p7")) == errc::unsupported);
  CHECK(refused(signature_file("inside.p7")) == errc::unsupported);
  auto p7 = signature_file("appended.p7");
  CHECK(refused(byte_view{p7}.first(p7.size() - 1)) == errc::malformed);
  p7.push_back(0);
  CHECK(refused(p7) == errc::malformed);
  CHECK(refused(bytes(max_appended_signature + 1, 0x30)) == errc::limit);
}

TEST_CASE("a digest is verified like the message that it belongs to") {
  const auto key = private_key::make_ec(curve::p384);
  const auto signature = key.sign(hash_algorithm::sha384, as_bytes("message")).value();
  const auto digest = hash(hash_algorithm::sha384, as_bytes("message"));
  const auto scheme = signature_scheme::ecdsa;
  CHECK(key.pub().verify_digest(scheme, hash_algorithm::sha384, digest.view(), signature).ok());
  CHECK(code_of(key.pub().verify_digest(scheme, hash_algorithm::sha256, digest.view(), signature))
        == errc::malformed);
  CHECK(code_of(key.pub().verify_digest(signature_scheme::rsassa_pkcs1, hash_algorithm::sha384, digest.view(),
                                        signature))
        == errc::mismatch);
}
