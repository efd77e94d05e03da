#include "tpm/format/public_area.hpp"

#include "crypto/digest.hpp"
#include "messages/vocabulary/writer.hpp"

namespace muster::tpm {

namespace {

constexpr std::uint32_t default_exponent = 65537;

fault bad_public_area(const char* what) { return {errc::malformed, std::string{"public-area: "} + what}; }
fault unsupported(const char* what) { return {errc::unsupported, std::string{"public-area: "} + what}; }

std::optional<crypto::curve> to_crypto(ecc_curve curve) noexcept {
  switch (curve) {
  case ecc_curve::nist_p256: return crypto::curve::p256;
  case ecc_curve::nist_p384: return crypto::curve::p384;
  case ecc_curve::nist_p521: return crypto::curve::p521;
  }
  return std::nullopt;
}

std::size_t field_size(ecc_curve curve) noexcept {
  switch (curve) {
  case ecc_curve::nist_p256: return 32;
  case ecc_curve::nist_p384: return 48;
  case ecc_curve::nist_p521: return 66;
  }
  return 0;
}

} // namespace

/// Fills a `public_area` field by field; only this reader can.
struct public_area_reader {
  explicit public_area_reader(byte_view input) noexcept : in{input} {}

  cursor in;
  public_area out;

  status head();
  status symmetric();
  status scheme();
  status rsa();
  status ecc();
  status parameters() { return out.type_ == key_type::rsa ? rsa() : ecc(); }
  result<public_area> all(byte_view input);
};

status public_area_reader::head() {
  //   TPMI_ALG_PUBLIC type, TPMI_ALG_HASH nameAlg, TPMA_OBJECT objectAttributes, TPM2B_DIGEST authPolicy
  const auto type = in.u16_be();
  const auto name_algorithm = hash_algorithm_from(in.u16_be());
  out.attributes_ = in.u32_be();
  out.policy_ = to_bytes(in.take(in.u16_be()));
  if (in.failed()) return bad_public_area("truncated");
  if (type != static_cast<std::uint16_t>(key_type::rsa) && type != static_cast<std::uint16_t>(key_type::ecc))
    return unsupported("key type is neither RSA nor ECC");
  if (!name_algorithm) return unsupported("unknown name algorithm");
  out.type_ = static_cast<key_type>(type);
  out.name_algorithm_ = *name_algorithm;
  if (!out.policy_.empty() && out.policy_.size() != digest_size(*name_algorithm))
    return bad_public_area("policy is not a digest of the name algorithm");
  return {};
}

status public_area_reader::symmetric() {
  //   TPMT_SYM_DEF_OBJECT: algorithm, then keyBits and mode unless it is null
  const auto algorithm = in.u16_be();
  if (algorithm == alg_null) return {};
  const auto key_bits = in.u16_be();
  const auto mode = in.u16_be();
  if (in.failed()) return bad_public_area("truncated");
  if (algorithm != alg_aes || mode != alg_cfb || (key_bits != 128 && key_bits != 192 && key_bits != 256))
    return unsupported("cipher is not AES in CFB mode");
  out.symmetric_ = symmetric_scheme{key_bits};
  return {};
}

status public_area_reader::scheme() {
  //   TPMT_RSA_SCHEME, TPMT_ECC_SCHEME: scheme, then its hash unless it is null
  const auto algorithm = in.u16_be();
  if (algorithm == alg_null) return {};
  const auto hash = hash_algorithm_from(in.u16_be());
  if (in.failed()) return bad_public_area("truncated");
  const bool fits = out.type_ == key_type::rsa
                        ? algorithm == static_cast<std::uint16_t>(signature_algorithm::rsassa)
                              || algorithm == static_cast<std::uint16_t>(signature_algorithm::rsapss)
                        : algorithm == static_cast<std::uint16_t>(signature_algorithm::ecdsa);
  if (!fits) return unsupported("scheme is none of ECDSA, RSASSA, RSAPSS");
  if (!hash) return unsupported("unknown hash of the scheme");
  out.scheme_ = signing_scheme{static_cast<signature_algorithm>(algorithm), *hash};
  return {};
}

status public_area_reader::rsa() {
  //   TPMI_RSA_KEY_BITS keyBits, UINT32 exponent; unique: TPM2B_PUBLIC_KEY_RSA
  out.rsa_.bits = in.u16_be();
  out.rsa_.exponent = in.u32_be();
  out.unique_offset_ = in.left();
  out.rsa_.modulus = to_bytes(in.take(in.u16_be()));
  if (in.failed()) return bad_public_area("truncated");
  if (out.rsa_.bits != 1024 && out.rsa_.bits != 2048 && out.rsa_.bits != 3072 && out.rsa_.bits != 4096)
    return unsupported("RSA key size");
  if (!out.rsa_.modulus.empty() && out.rsa_.modulus.size() != out.rsa_.bits / 8U)
    return bad_public_area("modulus has not the stated length");
  return {};
}

status public_area_reader::ecc() {
  //   TPMI_ECC_CURVE curveID, TPMT_KDF_SCHEME kdf; unique: TPMS_ECC_POINT of two TPM2B_ECC_PARAMETER
  const auto curve = static_cast<ecc_curve>(in.u16_be());
  const auto kdf = in.u16_be();
  out.unique_offset_ = in.left();
  out.ecc_.x = to_bytes(in.take(in.u16_be()));
  out.ecc_.y = to_bytes(in.take(in.u16_be()));
  if (in.failed()) return bad_public_area("truncated");
  if (field_size(curve) == 0) return unsupported("curve");
  if (kdf != alg_null) return unsupported("key derivation scheme");
  if (out.ecc_.x.size() > field_size(curve) || out.ecc_.y.size() > field_size(curve))
    return bad_public_area("coordinate is longer than the field");
  out.ecc_.curve = curve;
  return {};
}

result<public_area> public_area_reader::all(byte_view input) {
  for (const auto read : {&public_area_reader::head, &public_area_reader::symmetric,
                          &public_area_reader::scheme, &public_area_reader::parameters})
    if (const auto done = (this->*read)(); !done) return done.fault();
  if (!in.done()) return bad_public_area("trailing bytes");
  // The readers counted the bytes from the unique field to the end; turn that into an offset.
  out.unique_offset_ = input.size() - out.unique_offset_;
  out.raw_ = to_bytes(input);
  return std::move(out);
}

result<public_area> parse_public_area(byte_view input) {
  if (input.size() > public_area::max_size) return fault{errc::limit, "public-area: too long"};
  return public_area_reader{input}.all(input);
}

result<public_area> parse_sized_public_area(byte_view input) {
  cursor in{input};
  //   UINT16 size, TPMT_PUBLIC
  const auto area = in.take(in.u16_be());
  if (!in.done()) return bad_public_area("size prefix does not match");
  return parse_public_area(area);
}

public_area with_padded_point(public_area area) {
  const auto* point = area.ecc();
  if (point == nullptr || point->x.empty() || point->y.empty()) return area;
  writer out;
  out.put(area.template_part());
  for (const auto* one : {&point->x, &point->y}) {
    bytes padded(field_size(point->curve) - one->size());
    append(padded, *one);
    out.sized16(padded);
  }
  if (same(out.view(), area.raw())) return area;
  return parse_public_area(out.view()).value(); // cannot fail: only two lengths and their zeros are new
}

bytes name_of(const public_area& area) {
  const auto digest = crypto::hash(area.name_algorithm(), area.raw());
  return writer{}.u16_be(static_cast<std::uint16_t>(area.name_algorithm())).put(digest.view()).take();
}

result<crypto::public_key> key_of(const public_area& area) {
  if (const auto* ecc = area.ecc()) {
    const auto curve = to_crypto(ecc->curve);
    if (!curve || ecc->x.empty() || ecc->y.empty()) return bad_public_area("there is no point");
    return crypto::public_key::from_ec_point(*curve, ecc->x, ecc->y);
  }
  const auto& rsa = *area.rsa();
  if (rsa.modulus.empty()) return bad_public_area("there is no modulus");
  auto key = crypto::public_key::from_rsa(rsa.modulus, rsa.exponent == 0 ? default_exponent : rsa.exponent);
  // A modulus with leading zeros makes a weaker key than the area claims.
  if (key && key->bits() != rsa.bits) return bad_public_area("modulus has not the stated bits");
  return key;
}

} // namespace muster::tpm
