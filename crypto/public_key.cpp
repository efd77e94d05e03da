#include "crypto/key.hpp"
#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

namespace muster::crypto {

namespace {

constexpr unsigned min_rsa_bits = 1024;
constexpr unsigned max_rsa_bits = 8192;
constexpr std::size_t max_spki = 2048;

struct curve_facts {
  curve id;
  const char* name;       ///< as fromdata wants it
  const char* group_name; ///< as a decoded key reports it
  std::size_t field;      ///< bytes
  unsigned bits;
};
constexpr std::array curves{curve_facts{curve::p256, "P-256", "prime256v1", 32, 256},
                            curve_facts{curve::p384, "P-384", "secp384r1", 48, 384},
                            curve_facts{curve::p521, "P-521", "secp521r1", 66, 521}};

const curve_facts& facts_of(curve c) noexcept {
  const auto* found = std::ranges::find(curves, c, &curve_facts::id);
  require(found != curves.end());
  return *found;
}

const curve_facts* facts_of(const EVP_PKEY* key) noexcept {
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC) return nullptr;
  std::array<char, 64> name{};
  std::size_t length = 0;
  if (EVP_PKEY_get_group_name(key, name.data(), name.size(), &length) != 1) return nullptr;
  const std::string_view group{name.data(), length};
  const auto* found = std::ranges::find_if(
      curves, [&](const curve_facts& one) { return group == one.group_name || group == one.name; });
  return found == curves.end() ? nullptr : found;
}

/// SubjectPublicKeyInfo of an uncompressed P-256 point up to its 0x04 (RFC 5480): by far the most frequent
/// key here, and OpenSSL's own decoder is six times slower than taking the coordinates out.
constexpr std::array<std::uint8_t, 27> p256_spki_prefix{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                                        0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                                        0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
constexpr std::size_t p256_spki_size = p256_spki_prefix.size() + 64;

/// SEC 1, 2.3.3: 04 || X || Y.
struct encoded_point {
  std::array<std::uint8_t, 1 + 2 * 66> raw{};
  std::size_t size = 0;
};

/// Empty optional if the key keeps its point compressed.
std::optional<encoded_point> point_as_encoded(const EVP_PKEY* key, const curve_facts& facts) {
  encoded_point out;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, out.raw.data(), out.raw.size(), &out.size)
          != 1
      || out.raw[0] != 4 || out.size != 1 + 2 * facts.field) {
    ERR_clear_error();
    return std::nullopt;
  }
  return out;
}

result<pkey_ptr> key_from(const char* type, OSSL_PARAM_BLD* builder) {
  const params_ptr params{OSSL_PARAM_BLD_to_param(builder)};
  const pkey_ctx_ptr context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
  require(params && context);
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) <= 0
      || EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) <= 0)
    return openssl_fault(errc::malformed, "key: not a point of the curve, or not a modulus");
  return pkey_ptr{key};
}

/// Some public key of that curve, without its private half.
pkey_ptr any_key_of(const curve_facts& facts) {
  const pkey_ptr pair{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", facts.name)};
  require(pair != nullptr);
  const auto point = point_as_encoded(pair.get(), facts);
  const param_builder_ptr builder{OSSL_PARAM_BLD_new()};
  require(point && builder && OSSL_PARAM_BLD_push_utf8_string(builder.get(), "group", facts.name, 0) == 1
          && OSSL_PARAM_BLD_push_octet_string(builder.get(), "pub", point->raw.data(), point->size) == 1);
  auto key = key_from("EC", builder.get());
  require(key.ok());
  return *std::move(key);
}

/// For its group only. OpenSSL 3.0 makes the group anew for each key that comes from data, which costs a
/// third of a signature check; a copy of this key with another point costs a twelfth.
EVP_PKEY* template_of(const curve_facts& facts) {
  static const auto made = [] {
    std::array<pkey_ptr, curves.size()> out;
    std::ranges::transform(curves, out.begin(), any_key_of);
    return out;
  }();
  return made[static_cast<std::size_t>(&facts - curves.data())].get();
}

status check_rsa(const EVP_PKEY* key) {
  const auto bits = static_cast<unsigned>(EVP_PKEY_get_bits(key));
  if (bits < min_rsa_bits || bits > max_rsa_bits) return fault{errc::unsupported, "key: RSA modulus size"};
  BIGNUM* n = nullptr;
  BIGNUM* e = nullptr;
  EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n);
  EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e);
  const bignum_ptr modulus{n};
  const bignum_ptr exponent{e};
  if (!modulus || !exponent) return openssl_fault(errc::malformed, "key: RSA without modulus or exponent");
  if (BN_is_odd(modulus.get()) != 1) return fault{errc::malformed, "key: RSA modulus is even"};
  if (BN_is_odd(exponent.get()) != 1 || BN_is_one(exponent.get()) == 1 || BN_num_bits(exponent.get()) > 32)
    return fault{errc::malformed, "key: RSA exponent is not an odd number from 3 to 2^32"};
  return {};
}

/// Whether a decoded key is of a kind that we do, and of sane size.
status check_kind(const EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) return check_rsa(key);
  const auto* facts = facts_of(key);
  if (facts == nullptr) return openssl_fault(errc::unsupported, "key: neither RSA nor P-256, P-384, P-521");
  // Explicit curve parameters that look like a named curve are the trick of CVE-2020-0601.
  int is_explicit = 0;
  if (EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit) != 1
      || is_explicit != 0)
    return openssl_fault(errc::unsupported, "key: curve is not given by name");
  // One key, one encoding: the protocol hashes it.
  if (!point_as_encoded(key, *facts)) return fault{errc::unsupported, "key: compressed point"};
  return {};
}

} // namespace

result<public_key> public_key::from_ec_point(curve c, byte_view x, byte_view y) {
  const auto& facts = facts_of(c);
  if (x.size() > facts.field || y.size() > facts.field)
    return fault{errc::malformed, "key: coordinate is longer than the field"};
  encoded_point point;
  point.size = 1 + 2 * facts.field;
  point.raw[0] = 4;
  std::ranges::copy(x, point.raw.begin() + static_cast<std::ptrdiff_t>(1 + facts.field - x.size()));
  std::ranges::copy(y, point.raw.begin() + static_cast<std::ptrdiff_t>(point.size - y.size()));
  pkey_ptr key{EVP_PKEY_dup(template_of(facts))};
  require(key != nullptr);
  if (EVP_PKEY_set1_encoded_public_key(key.get(), point.raw.data(), point.size) != 1)
    return openssl_fault(errc::malformed, "key: not a point of the curve");
  return public_key{std::shared_ptr<EVP_PKEY>{std::move(key)}};
}

result<public_key> public_key::from_rsa(byte_view modulus, std::uint32_t exponent) {
  if (modulus.size() > max_rsa_bits / 8) return fault{errc::unsupported, "key: RSA modulus size"};
  const bignum_ptr n{BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr)};
  const bignum_ptr e{BN_new()};
  const param_builder_ptr builder{OSSL_PARAM_BLD_new()};
  require(n && e && builder && BN_set_word(e.get(), exponent) == 1
          && OSSL_PARAM_BLD_push_BN(builder.get(), "n", n.get()) == 1
          && OSSL_PARAM_BLD_push_BN(builder.get(), "e", e.get()) == 1);
  auto key = key_from("RSA", builder.get());
  if (!key) return key.fault();
  if (auto sane = check_rsa(key->get()); !sane) return sane.fault();
  return public_key{std::shared_ptr<EVP_PKEY>{std::move(*key)}};
}

result<public_key> public_key::from_spki(byte_view der) {
  if (der.size() == p256_spki_size && same(der.first(p256_spki_prefix.size()), p256_spki_prefix))
    return from_ec_point(curve::p256, der.subspan(p256_spki_prefix.size(), 32), der.last(32));
  if (der.size() > max_spki) return fault{errc::limit, "key: SubjectPublicKeyInfo over 2 KiB"};
  const auto* at = der.data();
  pkey_ptr key{d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()))};
  if (!key) return openssl_fault(errc::malformed, "key: not a SubjectPublicKeyInfo");
  if (at != der.data() + der.size()) return fault{errc::malformed, "key: bytes behind SubjectPublicKeyInfo"};
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
  const auto* facts = facts_of(key_.get());
  if (facts != nullptr && facts->id == curve::p256)
    if (const auto point = point_as_encoded(key_.get(), *facts)) {
      bytes out{p256_spki_prefix.begin(), p256_spki_prefix.end()};
      append(out, byte_view{point->raw}.subspan(1, 64));
      return out;
    }
  return to_der(key_.get(), i2d_PUBKEY);
}

std::string public_key::pem() const { return to_pem("PUBLIC KEY", spki()); }

unsigned public_key::bits() const noexcept {
  if (const auto* facts = facts_of(key_.get())) return facts->bits;
  return static_cast<unsigned>(EVP_PKEY_get_bits(key_.get()));
}

bool public_key::is_rsa() const noexcept { return EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_RSA; }

std::optional<curve> public_key::ec_curve() const noexcept {
  if (const auto* facts = facts_of(key_.get())) return facts->id;
  return std::nullopt;
}

result<bytes> public_key::encrypt_oaep(hash_algorithm algorithm, byte_view label, byte_view plain) const {
  if (!is_rsa()) return fault{errc::unsupported, "oaep: not an RSA key"};
  const std::string name{to_string(algorithm)};
  const pkey_ctx_ptr context{EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr)};
  // OpenSSL takes the label over once it has accepted it.
  auto* copy = OPENSSL_memdup(label.data(), label.size());
  bool held = context && EVP_PKEY_encrypt_init(context.get()) > 0
              && EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) > 0
              && EVP_PKEY_CTX_set_rsa_oaep_md_name(context.get(), name.c_str(), nullptr) > 0
              && EVP_PKEY_CTX_set_rsa_mgf1_md_name(context.get(), name.c_str(), nullptr) > 0;
  if (!held || EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), copy, static_cast<int>(label.size())) <= 0) {
    OPENSSL_free(copy);
    return openssl_fault(errc::unsupported, "oaep: parameters");
  }
  bytes out(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get())));
  auto size = out.size();
  if (EVP_PKEY_encrypt(context.get(), out.data(), &size, plain.data(), plain.size()) <= 0)
    return openssl_fault(errc::limit, "oaep: the message is too long for the key");
  out.resize(size);
  return out;
}

result<ec_point> point_of(const public_key& key) {
  const auto* facts = facts_of(key.native());
  if (facts == nullptr) return fault{errc::unsupported, "key: not an EC key"};
  const auto point = point_as_encoded(key.native(), *facts);
  if (!point) return fault{errc::internal, "key: no point"};
  ec_point out{facts->id, {}, {}};
  out.x = to_bytes(byte_view{point->raw}.subspan(1, facts->field));
  out.y = to_bytes(byte_view{point->raw}.subspan(1 + facts->field, facts->field));
  return out;
}

} // namespace muster::crypto
