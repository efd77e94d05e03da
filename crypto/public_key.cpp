#include "crypto/ec_key.hpp"
#include "crypto/key.hpp"
#include "crypto/pem.hpp"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

namespace muster::crypto {

namespace {

constexpr unsigned min_rsa_bits = 1024;
constexpr unsigned max_rsa_bits = 8192;
constexpr std::size_t max_spki = 2048;

/// SubjectPublicKeyInfo of an uncompressed P-256 point up to its 0x04 (RFC 5480). This is by far the most
/// frequent key here, and OpenSSL's own decoder takes six times as long as copying the coordinates.
constexpr std::array<std::uint8_t, 27> p256_spki_prefix{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                                        0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                                        0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
constexpr std::size_t p256_spki_size = p256_spki_prefix.size() + 64;

p256_point as_p256_point(const encoded_point& point) noexcept {
  p256_point out{};
  std::copy_n(point.raw.begin() + 1, out.size(), out.begin());
  return out;
}

status check_rsa(const BIGNUM* modulus, const BIGNUM* exponent) {
  const auto bits = static_cast<unsigned>(BN_num_bits(modulus));
  if (bits < min_rsa_bits || bits > max_rsa_bits)
    return fault{errc::unsupported, "key: the size of the RSA modulus is not supported"};
  if (BN_is_odd(modulus) != 1) return fault{errc::malformed, "key: the RSA modulus is even"};
  if (BN_is_odd(exponent) != 1 || BN_is_one(exponent) == 1 || BN_num_bits(exponent) > 32)
    return fault{errc::malformed, "key: the RSA exponent is not an odd number from 3 to 2^32"};
  return {};
}

status check_rsa(const EVP_PKEY* key) {
  BIGNUM* n = nullptr;
  BIGNUM* e = nullptr;
  EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n);
  EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e);
  const bignum_ptr modulus{n};
  const bignum_ptr exponent{e};
  if (!modulus || !exponent) return openssl_fault(errc::malformed, "key: RSA without modulus or exponent");
  return check_rsa(modulus.get(), exponent.get());
}

/// Whether a decoded key is of a supported kind and a sane size.
status check_kind(const EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) return check_rsa(key);
  const auto* facts = facts_of(key);
  if (facts == nullptr) return openssl_fault(errc::unsupported, "key: neither RSA nor P-256, P-384, P-521");
  // CVE-2020-0601 exploits explicit curve parameters that look like a named curve.
  int is_explicit = 0;
  if (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit) != 1
      || is_explicit != 0)
    return openssl_fault(errc::unsupported, "key: curve is not given by name");
  // One key has one encoding, because the protocol hashes it.
  if (!point_as_encoded(key, *facts)) return fault{errc::unsupported, "key: compressed point"};
  return {};
}

} // namespace

result<public_key> public_key::from_ec_point(curve c, byte_view x, byte_view y) {
  const auto& facts = facts_of(c);
  if (x.size() > facts.field || y.size() > facts.field)
    return fault{errc::malformed, "key: coordinate is longer than the field"};
  const auto point = encode_point(facts, x, y);
  const fault off_curve{errc::malformed, "key: not a point of the curve"};
  if (c == curve::p256) {
    if (thread_key_at(facts, point) == nullptr) return off_curve;
    return public_key{as_p256_point(point)};
  }
  auto key = key_at(facts, point);
  if (!key) return off_curve;
  return public_key{std::shared_ptr<EVP_PKEY>{std::move(key)}};
}

result<public_key> public_key::from_rsa(byte_view modulus, std::uint32_t exponent) {
  if (modulus.size() > max_rsa_bits / 8)
    return fault{errc::unsupported, "key: the size of the RSA modulus is not supported"};
  const bignum_ptr n{BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr)};
  const bignum_ptr e{BN_new()};
  const param_builder_ptr builder{OSSL_PARAM_BLD_new()};
  require(n && e && builder && BN_set_word(e.get(), exponent) == 1
          && OSSL_PARAM_BLD_push_BN(builder.get(), "n", n.get()) == 1
          && OSSL_PARAM_BLD_push_BN(builder.get(), "e", e.get()) == 1);
  if (auto sane = check_rsa(n.get(), e.get()); !sane) return sane.fault();
  auto key = key_from("RSA", builder.get());
  if (!key) return key.fault();
  return public_key{std::shared_ptr<EVP_PKEY>{std::move(*key)}};
}

result<public_key> public_key::from_spki(byte_view der) {
  if (der.size() == p256_spki_size && same(der.first(p256_spki_prefix.size()), p256_spki_prefix))
    return from_ec_point(curve::p256, der.subspan(p256_spki_prefix.size(), 32), der.last(32));
  if (der.size() > max_spki) return fault{errc::limit, "key: SubjectPublicKeyInfo over 2 KiB"};
  const auto* at = der.data();
  pkey_ptr key{d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()))};
  if (!key) return openssl_fault(errc::malformed, "key: not a SubjectPublicKeyInfo");
  if (at != der.data() + der.size()) return fault{errc::malformed, "key: bytes after SubjectPublicKeyInfo"};
  if (auto kind = check_kind(key.get()); !kind) return kind.fault();
  return public_key{std::shared_ptr<EVP_PKEY>{std::move(key)}};
}

result<public_key> public_key::from_pem(std::string_view pem) {
  const auto block = parse_one_pem(pem);
  if (!block) return block.fault();
  if (block->label != "PUBLIC KEY") return fault{errc::malformed, "key: not a block PUBLIC KEY"};
  return from_spki(block->der);
}

bytes public_key::spki() const {
  // OpenSSL's encoder costs as much as a signature check.
  if (const auto point = as_p256()) {
    bytes out{p256_spki_prefix.begin(), p256_spki_prefix.end()};
    append(out, *point);
    return out;
  }
  return to_der(native().get(), i2d_PUBKEY);
}

std::string public_key::pem() const { return to_pem("PUBLIC KEY", spki()); }

std::optional<p256_point> public_key::as_p256() const {
  if (const auto* point = std::get_if<p256_point>(&form_)) return *point;
  const auto* key = std::get<key_object>(form_).get();
  const auto* facts = facts_of(key);
  if (facts == nullptr || facts->id != curve::p256) return std::nullopt;
  const auto point = point_as_encoded(key, *facts);
  if (!point) return std::nullopt;
  return as_p256_point(*point);
}

std::shared_ptr<EVP_PKEY> public_key::native() const {
  if (const auto* key = std::get_if<key_object>(&form_)) return *key;
  auto key = key_at(facts_of(curve::p256), encode_point(std::get<p256_point>(form_)));
  require(key != nullptr); // it was on the curve when this was made
  return {std::move(key)};
}

unsigned public_key::bits() const noexcept {
  if (const auto c = ec_curve()) return facts_of(*c).bits;
  return static_cast<unsigned>(EVP_PKEY_get_bits(std::get<key_object>(form_).get()));
}

bool public_key::is_rsa() const noexcept {
  const auto* key = std::get_if<key_object>(&form_);
  return key != nullptr && EVP_PKEY_get_base_id(key->get()) == EVP_PKEY_RSA;
}

std::optional<curve> public_key::ec_curve() const noexcept {
  const auto* key = std::get_if<key_object>(&form_);
  if (key == nullptr) return curve::p256;
  if (const auto* facts = facts_of(key->get())) return facts->id;
  return std::nullopt;
}

result<bytes> public_key::encrypt_oaep(hash_algorithm algorithm, byte_view label, byte_view plain) const {
  if (!is_rsa()) return fault{errc::unsupported, "oaep: not an RSA key"};
  const std::string name{to_string(algorithm)};
  const auto key = native();
  const pkey_ctx_ptr context{EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr)};
  // Once OpenSSL accepts the label, it owns it.
  auto* copy = OPENSSL_memdup(label.data(), label.size());
  bool held = context && EVP_PKEY_encrypt_init(context.get()) > 0
              && EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) > 0
              && EVP_PKEY_CTX_set_rsa_oaep_md_name(context.get(), name.c_str(), nullptr) > 0
              && EVP_PKEY_CTX_set_rsa_mgf1_md_name(context.get(), name.c_str(), nullptr) > 0;
  if (!held || EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), copy, static_cast<int>(label.size())) <= 0) {
    OPENSSL_free(copy);
    return openssl_fault(errc::unsupported, "oaep: parameters");
  }
  bytes out(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())));
  auto size = out.size();
  if (EVP_PKEY_encrypt(context.get(), out.data(), &size, plain.data(), plain.size()) <= 0)
    return openssl_fault(errc::limit, "oaep: the message is too long for the key");
  out.resize(size);
  return out;
}

result<ec_point> point_of(const public_key& key) {
  const auto object = key.native();
  const auto* facts = facts_of(object.get());
  if (facts == nullptr) return fault{errc::unsupported, "key: not an EC key"};
  const auto point = point_as_encoded(object.get(), *facts);
  if (!point) return fault{errc::internal, "key: no point"};
  ec_point out{facts->id, {}, {}};
  out.x = to_bytes(byte_view{point->raw}.subspan(1, facts->field));
  out.y = to_bytes(byte_view{point->raw}.subspan(1 + facts->field, facts->field));
  return out;
}

result<rsa_parts> rsa_parts_of(const public_key& key) {
  if (!key.is_rsa()) return fault{errc::unsupported, "key: not an RSA key"};
  const auto object = key.native();
  BIGNUM* n = nullptr;
  BIGNUM* e = nullptr;
  EVP_PKEY_get_bn_param(object.get(), OSSL_PKEY_PARAM_RSA_N, &n);
  EVP_PKEY_get_bn_param(object.get(), OSSL_PKEY_PARAM_RSA_E, &e);
  const bignum_ptr modulus{n};
  const bignum_ptr exponent{e};
  if (!modulus || !exponent) return openssl_fault(errc::internal, "key: RSA without modulus or exponent");
  if (BN_num_bits(exponent.get()) > 32)
    return fault{errc::unsupported, "key: an RSA exponent of more than 32 bits"};
  rsa_parts out{bytes(static_cast<std::size_t>(BN_num_bytes(modulus.get()))),
                static_cast<std::uint32_t>(BN_get_word(exponent.get()))};
  BN_bn2bin(modulus.get(), out.modulus.data());
  return out;
}

} // namespace muster::crypto
