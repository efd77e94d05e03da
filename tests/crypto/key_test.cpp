#include "crypto/digest.hpp"
#include "crypto/ecdsa_signature.hpp"
#include "crypto/key.hpp"
#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"

#include <doctest/doctest.h>
#include <openssl/rsa.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace muster;
using namespace muster::crypto;

namespace {

bytes hex(std::string_view text) { return from_hex(text).value(); }

// RFC 6979, A.2.5: key, and its signature of "sample" with SHA-256.
const bytes rfc6979_x = hex("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6");
const bytes rfc6979_y = hex("7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299");
const bytes rfc6979_r = hex("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716");
const bytes rfc6979_s = hex("F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8");

/// Decrypts an OAEP block as the TPM does. The product only encrypts.
result<bytes> decrypt_oaep(const private_key& key, const char* hash_name, byte_view label, byte_view sealed) {
  const pkey_ctx_ptr context{EVP_PKEY_CTX_new_from_pkey(nullptr, key.native(), nullptr)};
  auto* copy = OPENSSL_memdup(label.data(), label.size());
  REQUIRE(EVP_PKEY_decrypt_init(context.get()) > 0);
  REQUIRE(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) > 0);
  REQUIRE(EVP_PKEY_CTX_set_rsa_oaep_md_name(context.get(), hash_name, nullptr) > 0);
  REQUIRE(EVP_PKEY_CTX_set_rsa_mgf1_md_name(context.get(), hash_name, nullptr) > 0);
  REQUIRE(EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), copy, static_cast<int>(label.size())) > 0);
  bytes out(static_cast<std::size_t>(EVP_PKEY_get_size(key.native())));
  auto size = out.size();
  if (EVP_PKEY_decrypt(context.get(), out.data(), &size, sealed.data(), sealed.size()) <= 0)
    return openssl_fault(errc::mismatch, "oaep");
  out.resize(size);
  return out;
}

} // namespace

TEST_CASE("a P-256 signature of RFC 6979 holds, and a changed one does not") {
  const auto key = public_key::from_ec_point(curve::p256, rfc6979_x, rfc6979_y);
  REQUIRE(key.ok());
  CHECK(key->bits() == 256);
  CHECK(key->ec_curve() == curve::p256);
  CHECK_FALSE(key->is_rsa());
  const auto message = as_bytes("sample");
  CHECK(key->verify_ecdsa(hash_algorithm::sha256, message, rfc6979_r, rfc6979_s).ok());

  CHECK(key->verify_ecdsa(hash_algorithm::sha256, as_bytes("Sample"), rfc6979_r, rfc6979_s).fault().code
        == errc::mismatch);
  CHECK(key->verify_ecdsa(hash_algorithm::sha384, message, rfc6979_r, rfc6979_s).fault().code
        == errc::mismatch);
  CHECK(key->verify_ecdsa(hash_algorithm::sha256, message, rfc6979_s, rfc6979_r).fault().code
        == errc::mismatch);
  CHECK(key->verify_ecdsa(hash_algorithm::sha256, message, {}, {}).fault().code == errc::mismatch);
  CHECK(key->verify_ecdsa(hash_algorithm::sha256, message, bytes(67, 1), rfc6979_s).fault().code
        == errc::malformed);
  for (std::size_t i = 0; i < rfc6979_r.size(); ++i) {
    auto changed = rfc6979_r;
    changed[i] ^= 1U;
    CHECK_FALSE(key->verify_ecdsa(hash_algorithm::sha256, message, changed, rfc6979_s).ok());
  }
  // Leading padding, as from some TPMs, changes nothing.
  bytes padded{0, 0};
  append(padded, rfc6979_r);
  CHECK(key->verify_ecdsa(hash_algorithm::sha256, message, padded, rfc6979_s).ok());
  CHECK(key->verify(signature_scheme::rsassa_pkcs1, hash_algorithm::sha256, message, rfc6979_r).fault().code
        == errc::mismatch);
}

TEST_CASE("points that are not on the curve, and coordinates that are too long, are not keys") {
  auto off = rfc6979_y;
  off.back() ^= 1U;
  CHECK_FALSE(public_key::from_ec_point(curve::p256, rfc6979_x, off).ok());
  CHECK_FALSE(public_key::from_ec_point(curve::p256, {}, {}).ok());
  CHECK_FALSE(public_key::from_ec_point(curve::p384, rfc6979_x, rfc6979_y).ok());
  CHECK_FALSE(public_key::from_ec_point(curve::p256, bytes(33, 0), rfc6979_y).ok());
  // Larger than the field's prime.
  CHECK_FALSE(public_key::from_ec_point(curve::p256, bytes(32, 0xff), rfc6979_y).ok());
}

TEST_CASE("P-256 keys that are used alternately verify their own signatures only, on every thread") {
  const auto message = as_bytes("muster");
  struct signer {
    public_key key;
    bytes signature;
  };
  std::vector<signer> all;
  for (int i = 0; i < 8; ++i) {
    const auto pair = private_key::make_ec(curve::p256);
    // Read from its encoding, as a machine's key is, so that only the point is kept.
    all.push_back({public_key::from_spki(pair.pub().spki()).value(),
                   pair.sign(hash_algorithm::sha256, message).value()});
  }
  const auto verify_all = [&](std::atomic<int>& wrong) {
    for (const auto& one : all)
      for (const auto& other : all) {
        // A refused point in between must not affect later operations.
        if (public_key::from_ec_point(curve::p256, rfc6979_x, rfc6979_x)) ++wrong;
        const auto held =
            one.key.verify(signature_scheme::ecdsa, hash_algorithm::sha256, message, other.signature);
        if (held.ok() != (&one == &other)) ++wrong;
      }
  };
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back(verify_all, std::ref(wrong));
  verify_all(wrong);
  for (auto& one : threads)
    one.join();
  CHECK(wrong == 0);
}

TEST_CASE("keys survive their encodings, and nothing may follow them") {
  for (const auto c : {curve::p256, curve::p384, curve::p521}) {
    const auto key = private_key::make_ec(c);
    const auto spki = key.pub().spki();
    const auto again = public_key::from_spki(spki);
    REQUIRE(again.ok());
    CHECK(again->spki() == spki);
    CHECK(again->ec_curve() == c);
    const auto from_pem = public_key::from_pem(key.pub().pem());
    REQUIRE(from_pem.ok());
    CHECK(from_pem->spki() == spki);
    const auto point = point_of(key.pub());
    REQUIRE(point.ok());
    CHECK(public_key::from_ec_point(c, point->x, point->y)->spki() == spki);
    const auto back = private_key::from_pem(key.pem());
    REQUIRE(back.ok());
    CHECK(back->pub().spki() == spki);

    auto longer = spki;
    longer.push_back(0);
    CHECK(public_key::from_spki(longer).fault().code == errc::malformed);
    for (std::size_t n = 0; n < spki.size(); ++n)
      CHECK_FALSE(public_key::from_spki(byte_view{spki}.first(n)).ok());
  }
}

TEST_CASE("keys of unsupported kinds are refused") {
  struct row {
    const char* why;
    std::string_view spki;
  };
  const row rows[] = {
      {"Ed25519", "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"},
      {"secp256k1", "3056301006072a8648ce3d020106052b8104000a034200"
                    "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fb"
                    "fc0e1108a8fd17b448a6"
                    "8554199c47d08ffb10d4b8"},
      {"nothing", ""},
      {"P-256 with Y of another point", "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
                                        "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
                                        "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D446229A"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    CHECK_FALSE(public_key::from_spki(hex(row.spki)).ok());
  }
  CHECK(public_key::from_spki(bytes(4096, 0x30)).fault().code == errc::limit);
  CHECK_FALSE(public_key::from_pem("").ok());
  CHECK_FALSE(public_key::from_pem("-----BEGIN PUBLIC KEY-----\n!!\n-----END PUBLIC KEY-----\n").ok());
  const auto key = private_key::make_ec(curve::p256);
  CHECK_FALSE(public_key::from_pem(key.pub().pem() + key.pub().pem()).ok());
  CHECK_FALSE(public_key::from_pem(key.pub().pem() + "and more").ok());
  CHECK_FALSE(public_key::from_pem(key.pem()).ok());
  CHECK_FALSE(private_key::from_pem(key.pub().pem()).ok());
  CHECK_FALSE(private_key::from_pem("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n"
                                    "-----END ENCRYPTED PRIVATE KEY-----\n")
                  .ok());
}

TEST_CASE("a curve that is spelled out instead of named is refused") {
  const pkey_ptr key{EVP_EC_gen("P-256")};
  REQUIRE(EVP_PKEY_set_utf8_string_param(key.get(), "encoding", "explicit") == 1);
  const auto spki = to_der(key.get(), i2d_PUBKEY);
  REQUIRE(spki.size() > 200);
  CHECK_FALSE(public_key::from_spki(spki).ok());
}

TEST_CASE("a compressed point is refused: one key has one encoding") {
  const pkey_ptr key{EVP_EC_gen("P-256")};
  REQUIRE(EVP_PKEY_set_utf8_string_param(key.get(), "point-format", "compressed") == 1);
  const auto spki = to_der(key.get(), i2d_PUBKEY);
  REQUIRE(spki.size() == 59);
  CHECK(public_key::from_spki(spki).fault().code == errc::unsupported);
}

TEST_CASE("a private key with the public half of another key is refused") {
  // PKCS#8, as written by OpenSSL, ends with the public point.
  auto mine = parse_one_pem(private_key::make_ec(curve::p256).pem()).value();
  const auto other = parse_one_pem(private_key::make_ec(curve::p256).pem()).value();
  REQUIRE(private_key::from_pem(to_pem("PRIVATE KEY", mine.der)).ok());
  std::ranges::copy(byte_view{other.der}.last(64), mine.der.end() - 64);
  CHECK(private_key::from_pem(to_pem("PRIVATE KEY", mine.der)).fault().code == errc::malformed);
}

TEST_CASE("RSA keys have the right sizes, exponents and signatures") {
  const auto key = private_key::make_rsa(2048);
  REQUIRE(key.ok());
  CHECK(key->pub().is_rsa());
  CHECK(key->pub().bits() == 2048);
  CHECK_FALSE(key->pub().ec_curve().has_value());
  CHECK_FALSE(point_of(key->pub()).ok());
  const auto again = public_key::from_spki(key->pub().spki());
  REQUIRE(again.ok());
  const auto message = as_bytes("quote");
  const auto signature = key->sign(hash_algorithm::sha256, message);
  REQUIRE(signature.ok());
  CHECK(again->verify(signature_scheme::rsassa_pkcs1, hash_algorithm::sha256, message, *signature).ok());
  CHECK_FALSE(again->verify(signature_scheme::rsassa_pss, hash_algorithm::sha256, message, *signature).ok());
  CHECK_FALSE(
      again->verify(signature_scheme::rsassa_pkcs1, hash_algorithm::sha384, message, *signature).ok());
  CHECK_FALSE(again->verify(signature_scheme::ecdsa, hash_algorithm::sha256, message, *signature).ok());
  CHECK_FALSE(
      again->verify(signature_scheme::rsassa_pkcs1, hash_algorithm::sm3_256, message, *signature).ok());

  bytes modulus(256, 0xff);
  CHECK(public_key::from_rsa(modulus, 65537).ok());
  CHECK_FALSE(public_key::from_rsa(modulus, 1).ok());
  CHECK_FALSE(public_key::from_rsa(modulus, 65536).ok());
  CHECK_FALSE(public_key::from_rsa(modulus, 0).ok());
  modulus.back() = 0xfe;
  CHECK_FALSE(public_key::from_rsa(modulus, 65537).ok());
  CHECK_FALSE(public_key::from_rsa(bytes(64, 0xff), 65537).ok());
  CHECK_FALSE(public_key::from_rsa(bytes(1025, 0xff), 65537).ok());
  CHECK_FALSE(public_key::from_rsa({}, 65537).ok());
  CHECK_FALSE(private_key::make_rsa(512).ok());
}

TEST_CASE("OAEP decrypts only with the same hash and label") {
  const auto key = private_key::make_rsa(2048);
  REQUIRE(key.ok());
  const bytes label{'I', 'D', 'E', 'N', 'T', 'I', 'T', 'Y', 0};
  const bytes seed(32, 0x5a);
  const auto sealed = key->pub().encrypt_oaep(hash_algorithm::sha256, label, seed);
  REQUIRE(sealed.ok());
  CHECK(sealed->size() == 256);
  CHECK(*decrypt_oaep(*key, "SHA256", label, *sealed) == seed);
  CHECK_FALSE(decrypt_oaep(*key, "SHA256", byte_view{label}.first(8), *sealed).ok());
  CHECK_FALSE(decrypt_oaep(*key, "SHA1", label, *sealed).ok());
  CHECK_FALSE(key->pub().encrypt_oaep(hash_algorithm::sha256, label, bytes(191, 0)).ok());
  CHECK_FALSE(private_key::make_ec(curve::p256).pub().encrypt_oaep(hash_algorithm::sha256, label, seed).ok());
}

TEST_CASE("ECDH gives both sides the same padded coordinate, and no result across curves") {
  const auto a = private_key::make_ec(curve::p384);
  const auto b = private_key::make_ec(curve::p384);
  const auto z = a.derive(b.pub());
  REQUIRE(z.ok());
  CHECK(z->size() == 48);
  CHECK(*b.derive(a.pub()) == *z);
  CHECK_FALSE(a.derive(private_key::make_ec(curve::p256).pub()).ok());
}

TEST_CASE("AES-CFB matches NIST SP 800-38A where the IV allows comparison, and is its own inverse") {
  // With a zero IV the first block is E(0) XOR plain.
  // E(0) of AES-128 with a zero key is a known answer of FIPS 197.
  const bytes zero_key(16, 0);
  CHECK(to_hex(*encrypt_aes_cfb(zero_key, bytes(16, 0))) == "66e94bd4ef8a2c3b884cfa59ca342b2e");
  CHECK(to_hex(*encrypt_aes_cfb(bytes(32, 0), bytes(16, 0))) == "dc95c078a2408989ad48a21492842087");
  for (const std::size_t size : {16U, 24U, 32U})
    for (const std::size_t length : {0U, 1U, 15U, 16U, 34U, 100U}) {
      const bytes key(size, 0x42);
      const bytes plain(length, 0x17);
      const auto sealed = encrypt_aes_cfb(key, plain);
      REQUIRE(sealed.ok());
      CHECK(sealed->size() == length);
      CHECK(*decrypt_aes_cfb(key, *sealed) == plain);
    }
  CHECK_FALSE(encrypt_aes_cfb(bytes(15, 0), bytes(16, 0)).ok());
  CHECK_FALSE(decrypt_aes_cfb({}, bytes(16, 0)).ok());
  CHECK_FALSE(encrypt_aes_cfb(zero_key, bytes(100'000, 0)).ok());
}

TEST_CASE("ECDSA encodings convert in both directions, without tolerance") {
  const auto der = ecdsa_to_der(rfc6979_r, rfc6979_s);
  REQUIRE(der.ok());
  auto fixed = rfc6979_r;
  append(fixed, rfc6979_s);
  CHECK(*ecdsa_to_fixed(*der, 32) == fixed);
  CHECK(to_hex(*ecdsa_to_der(bytes{0, 0, 1}, bytes{0x80}))
        == "30070201010202"
           "0080");
  CHECK(ecdsa_to_der(bytes(66, 0xff), bytes(66, 0xff))->size() == 3 + 2 * 69);
  CHECK(ecdsa_to_fixed(*ecdsa_to_der(bytes(66, 0xff), bytes(66, 0xff)), 66)->size() == 132);

  struct row {
    const char* why;
    std::string_view der;
  };
  const row rows[] = {
      {"empty", ""},
      {"not a sequence", "3106020101020101"},
      {"length too short", "3005020101020101"},
      {"length too long", "3007020101020101"},
      {"bytes left over", "300602010102010100"},
      {"a third number", "3009020101020101020101"},
      {"one number", "3003020101"},
      {"negative", "3006020181020101"},
      {"padded", "300702020001020101"},
      {"zero", "3006020100020101"},
      {"no bytes", "30050200020101"},
      {"number over the end", "3006020101020501"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    CHECK_FALSE(ecdsa_to_fixed(hex(row.der), 32).ok());
  }
  CHECK_FALSE(ecdsa_to_fixed(*der, 31).ok());
}
