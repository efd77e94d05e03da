#include "cli/evidence/claimed_ak.hpp"

#include "messages/vocabulary/writer.hpp"
#include "tpm/format/templates.hpp"

namespace muster::cli {

namespace {

// SubjectPublicKeyInfo of RSA-2048 with exponent 65537 (RFC 8017, A.1.1) has one length and one layout: 33
// bytes of heads, the modulus, then INTEGER 65537.
constexpr std::size_t rsa_spki_size = 294;
constexpr std::size_t rsa_modulus_at = 33;
constexpr std::size_t rsa_modulus_size = 256;
constexpr std::uint32_t rsa_exponent = 65537;

/// The last `count` empty TPM2Bs of a template are its unique field: cuts them off.
bytes without_unique(bytes key_template, std::size_t count) {
  key_template.resize(key_template.size() - 2 * count);
  return key_template;
}

result<bytes> p256_area(const crypto::public_key& key) {
  auto point = crypto::point_of(key);
  if (!point) return point.fault();
  writer out;
  out.put(without_unique(tpm::template_of(tpm::ak_template::p256_ecdsa), 2));
  return out.sized16(point->x).sized16(point->y).take();
}

result<bytes> rsa_area(const crypto::public_key& key) {
  const auto spki = key.spki();
  if (spki.size() != rsa_spki_size)
    return fault{errc::unsupported, "ak: an RSA key with another exponent than 65537"};
  const auto modulus = byte_view{spki}.subspan(rsa_modulus_at, rsa_modulus_size);
  // This holds for any layout: only the same key gives the same bytes.
  const auto again = crypto::public_key::from_rsa(modulus, rsa_exponent);
  if (!again || again->spki() != spki)
    return fault{errc::unsupported, "ak: an RSA key with another exponent than 65537"};
  writer out;
  out.put(without_unique(tpm::template_of(tpm::ak_template::rsa2048_rsassa), 1));
  return out.sized16(modulus).take();
}

result<bytes> area_from_pem(std::string_view pem) {
  auto key = crypto::public_key::from_pem(pem);
  if (!key) return key.fault();
  if (key->ec_curve() == crypto::curve::p256) return p256_area(*key);
  if (key->is_rsa() && key->bits() == 2048) return rsa_area(*key);
  return fault{errc::unsupported, "ak: a PEM key must be P-256 or RSA-2048; give the TPM2B_PUBLIC instead"};
}

result<tpm::public_area> parse_area(byte_view content) {
  if (as_text(content).starts_with("-----BEGIN")) {
    auto area = area_from_pem(as_text(content));
    if (!area) return area.fault();
    return tpm::parse_public_area(*area);
  }
  auto sized = tpm::parse_sized_public_area(content);
  if (sized) return sized;
  auto bare = tpm::parse_public_area(content);
  return bare ? bare : sized;
}

} // namespace

result<tpm::trusted_ak> parse_claimed_ak(byte_view content) {
  auto area = parse_area(content);
  if (!area) return area.fault();
  auto ak = tpm::verify_ak_form(*std::move(area));
  if (!ak) return ak.fault();
  return tpm::trust_claimed_ak(*std::move(ak));
}

} // namespace muster::cli
