#include "crypto/certificate_digests.hpp"

#include "crypto/digest.hpp"
#include "crypto/ecdsa_signature.hpp"
#include "crypto/openssl.hpp"

#include <openssl/ec.h>

namespace muster::crypto {

namespace {

constexpr std::size_t widest_field = 66;

/// The curves that we support (crypto/key.hpp): under any other curve no path verifies.
constexpr std::array signing_curves{NID_X9_62_prime256v1, NID_secp384r1, NID_secp521r1};

/// The signature of the certificate; empty unless it is an ECDSA signature.
byte_view ecdsa_signature_of(const X509* x509) {
  const ASN1_BIT_STRING* signature = nullptr;
  const X509_ALGOR* algorithm = nullptr;
  X509_get0_signature(&signature, &algorithm, x509);
  int key = NID_undef;
  if (OBJ_find_sigid_algs(X509_get_signature_nid(x509), nullptr, &key) != 1
      || key != NID_X9_62_id_ecPublicKey)
    return {};
  return {ASN1_STRING_get0_data(signature), static_cast<std::size_t>(ASN1_STRING_length(signature))};
}

/// n - s for the order n of `curve`; empty if `s` is not below n.
bytes negated(byte_view s, int curve) {
  const std::unique_ptr<EC_GROUP, freed_by<EC_GROUP_free>> group{EC_GROUP_new_by_curve_name(curve)};
  require(group != nullptr);
  const bignum_ptr number{BN_bin2bn(s.data(), static_cast<int>(s.size()), nullptr)};
  const bignum_ptr out{BN_new()};
  require(number && out);
  const auto* order = EC_GROUP_get0_order(group.get());
  if (BN_cmp(number.get(), order) >= 0) return {};
  require(BN_sub(out.get(), order, number.get()) == 1);
  bytes raw(static_cast<std::size_t>(BN_num_bytes(out.get())));
  BN_bn2bin(out.get(), raw.data());
  return raw;
}

/// The DER bytes before the content: `tag` and length.
bytes der_header(int tag, bool constructed, std::size_t length) {
  bytes out(16);
  auto* at = out.data();
  ASN1_put_object(&at, constructed ? 1 : 0, static_cast<int>(length), tag, V_ASN1_UNIVERSAL);
  out.resize(static_cast<std::size_t>(at - out.data()));
  return out;
}

/// The BIT STRING of a signature: the last element of a certificate.
bytes bit_string(byte_view signature) {
  auto out = der_header(V_ASN1_BIT_STRING, false, signature.size() + 1);
  out.push_back(0); // no unused bits
  append(out, signature);
  return out;
}

/// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue } with another signature.
/// Empty if `der` does not end with `old_signature`.
bytes with_signature(byte_view der, byte_view old_signature, byte_view signature) {
  const auto* at = der.data();
  long length = 0;
  int tag = 0;
  int kind = 0;
  ASN1_get_object(&at, &length, &tag, &kind, static_cast<long>(der.size()));
  const auto content = der.subspan(static_cast<std::size_t>(at - der.data()));
  const auto old_end = bit_string(old_signature);
  if (content.size() < old_end.size() || !same(content.last(old_end.size()), old_end)) return {};
  const auto signed_part = content.first(content.size() - old_end.size());
  const auto end = bit_string(signature);
  auto out = der_header(V_ASN1_SEQUENCE, true, signed_part.size() + end.size());
  append(out, signed_part);
  append(out, end);
  return out;
}

} // namespace

std::vector<bytes32> digests_of(const certificate& one) {
  std::vector<bytes32> out{sha256(one.der())};
  const auto signature = ecdsa_signature_of(one.native());
  const auto numbers = ecdsa_to_fixed(signature, widest_field);
  if (signature.empty() || !numbers) return out;
  const auto r = byte_view{*numbers}.first(widest_field);
  const auto s = byte_view{*numbers}.last(widest_field);
  for (const auto curve : signing_curves) {
    const auto other_s = negated(s, curve);
    const auto other = other_s.empty() ? result<bytes>{bytes{}} : ecdsa_to_der(r, other_s);
    if (!other || other->empty()) continue;
    if (const auto twin = with_signature(one.der(), signature, *other); !twin.empty())
      out.push_back(sha256(twin));
  }
  ERR_clear_error();
  return out;
}

} // namespace muster::crypto
