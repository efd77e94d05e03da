#include "crypto/ec_key.hpp"

#include <openssl/core_names.h>

namespace muster::crypto {

namespace {

constexpr std::array curves{curve_facts{curve::p256, "P-256", "prime256v1", 32, 256},
                            curve_facts{curve::p384, "P-384", "secp384r1", 48, 384},
                            curve_facts{curve::p521, "P-521", "secp521r1", 66, 521}};

std::size_t place_of(const curve_facts& facts) noexcept {
  return static_cast<std::size_t>(&facts - curves.data());
}

/// Some public key on that curve, without its private half.
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

/// A key that is kept only for its group. OpenSSL 3.0 makes the group again for each key built from data,
/// which costs a third of a signature check. To copy this key and put another point in costs a twelfth; to
/// put another point into an existing key costs a sixtieth.
EVP_PKEY* template_of(const curve_facts& facts) {
  static const auto made = [] {
    std::array<pkey_ptr, curves.size()> out;
    std::ranges::transform(curves, out.begin(), any_key_of);
    return out;
  }();
  return made[place_of(facts)].get();
}

bool put_point(EVP_PKEY* key, const encoded_point& point) noexcept {
  if (EVP_PKEY_set1_encoded_public_key(key, point.raw.data(), point.size) == 1) return true;
  ERR_clear_error();
  return false;
}

} // namespace

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

encoded_point encode_point(const curve_facts& facts, byte_view x, byte_view y) noexcept {
  encoded_point out;
  out.size = 1 + 2 * facts.field;
  out.raw[0] = 4;
  std::ranges::copy(x, out.raw.begin() + static_cast<std::ptrdiff_t>(1 + facts.field - x.size()));
  std::ranges::copy(y, out.raw.begin() + static_cast<std::ptrdiff_t>(out.size - y.size()));
  return out;
}

encoded_point encode_point(const p256_point& point) noexcept {
  const byte_view both{point};
  return encode_point(facts_of(curve::p256), both.first(point.size() / 2), both.last(point.size() / 2));
}

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

pkey_ptr key_at(const curve_facts& facts, const encoded_point& point) {
  pkey_ptr out{EVP_PKEY_dup(template_of(facts))};
  require(out != nullptr);
  return put_point(out.get(), point) ? std::move(out) : nullptr;
}

EVP_PKEY* thread_key_at(const curve_facts& facts, const encoded_point& point) {
  thread_local std::array<pkey_ptr, curves.size()> keys;
  auto& key = keys[place_of(facts)];
  if (!key) key.reset(EVP_PKEY_dup(template_of(facts)));
  require(key != nullptr);
  return put_point(key.get(), point) ? key.get() : nullptr;
}

} // namespace muster::crypto
