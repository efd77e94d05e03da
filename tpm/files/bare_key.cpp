#include "tpm/files/bare_key.hpp"

#include "messages/vocabulary/writer.hpp"
#include "tpm/format/templates.hpp"

namespace muster::tpm {

namespace {

constexpr std::uint32_t default_exponent = 65537;

ecc_curve curve_of(crypto::curve curve) noexcept {
  switch (curve) {
  case crypto::curve::p256: return ecc_curve::nist_p256;
  case crypto::curve::p384: return ecc_curve::nist_p384;
  case crypto::curve::p521: return ecc_curve::nist_p521;
  }
  return ecc_curve::nist_p256;
}

template <class Enum> constexpr std::uint16_t number(Enum value) noexcept {
  return static_cast<std::uint16_t>(value);
}

} // namespace

result<crypto::public_key> parse_bare_key(byte_view content) {
  if (as_text(content).find("-----BEGIN ") != std::string_view::npos)
    return crypto::public_key::from_pem(as_text(content));
  return crypto::public_key::from_spki(content);
}

result<public_area> assumed_area(const crypto::public_key& key, signing_scheme scheme) {
  if (key.is_rsa() == (scheme.algorithm == signature_algorithm::ecdsa))
    return fault{errc::mismatch, "ak: the scheme is not one of this kind of key"};
  writer out;
  //   TPMI_ALG_PUBLIC, TPMI_ALG_HASH, TPMA_OBJECT, TPM2B_DIGEST, TPMT_SYM_DEF_OBJECT, scheme and hash
  out.u16_be(number(key.is_rsa() ? key_type::rsa : key_type::ecc)).u16_be(number(hash_algorithm::sha256));
  out.u32_be(ak_attributes)
      .sized16({})
      .u16_be(alg_null)
      .u16_be(number(scheme.algorithm))
      .u16_be(number(scheme.hash));
  if (key.is_rsa()) {
    const auto parts = crypto::rsa_parts_of(key);
    if (!parts) return parts.fault();
    // A TPM writes its default exponent as 0.
    const auto exponent = parts->exponent == default_exponent ? 0 : parts->exponent;
    out.u16_be(static_cast<std::uint16_t>(key.bits())).u32_be(exponent).sized16(parts->modulus);
  } else {
    const auto point = crypto::point_of(key);
    if (!point) return point.fault();
    out.u16_be(number(curve_of(point->group))).u16_be(alg_null).sized16(point->x).sized16(point->y);
  }
  return parse_public_area(out.view());
}

} // namespace muster::tpm
