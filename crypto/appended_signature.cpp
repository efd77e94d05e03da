#include "crypto/appended_signature.hpp"

#include "crypto/openssl.hpp"

#include <openssl/cms.h>

namespace muster::crypto {

namespace {

constexpr int max_signers = 4;

using cms_ptr = std::unique_ptr<CMS_ContentInfo, freed_by<CMS_ContentInfo_free>>;

std::optional<hash_algorithm> hash_of(const X509_ALGOR* algorithm) noexcept {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  switch (OBJ_obj2nid(object)) {
  case NID_sha1: return hash_algorithm::sha1;
  case NID_sha256: return hash_algorithm::sha256;
  case NID_sha384: return hash_algorithm::sha384;
  case NID_sha512: return hash_algorithm::sha512;
  default: return std::nullopt;
  }
}

status verify_signer(CMS_SignerInfo* signer, hash_algorithm algorithm, byte_view digest,
                     const public_key& key) {
  if (CMS_signed_get_attr_count(signer) > 0)
    return fault{errc::unsupported, "appended signature: it has signed attributes"};
  X509_ALGOR* hashed = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &hashed, nullptr);
  const auto* block = CMS_SignerInfo_get0_signature(signer);
  if (hashed == nullptr || block == nullptr || hash_of(hashed) != algorithm)
    return fault{errc::mismatch, "appended signature: it is over another digest"};
  const byte_view signature{ASN1_STRING_get0_data(block),
                            static_cast<std::size_t>(ASN1_STRING_length(block))};
  const auto scheme = key.is_rsa() ? signature_scheme::rsassa_pkcs1 : signature_scheme::ecdsa;
  return key.verify_digest(scheme, algorithm, digest, signature);
}

} // namespace

status verify_appended(byte_view pkcs7, hash_algorithm algorithm, byte_view digest, const public_key& key) {
  if (pkcs7.size() > max_appended_signature) return fault{errc::limit, "appended signature: over 16 KiB"};
  const auto* at = pkcs7.data();
  const cms_ptr message{d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(pkcs7.size()))};
  if (!message || at != pkcs7.data() + pkcs7.size())
    return openssl_fault(errc::malformed, "appended signature: not PKCS#7");
  if (OBJ_obj2nid(CMS_get0_type(message.get())) != NID_pkcs7_signed || CMS_is_detached(message.get()) != 1)
    return openssl_fault(errc::unsupported, "appended signature: not a detached signature");
  auto* signers = CMS_get0_SignerInfos(message.get());
  const int count = sk_CMS_SignerInfo_num(signers);
  if (count > max_signers) return openssl_fault(errc::unsupported, "appended signature: too many signers");
  status out = fault{errc::mismatch, "appended signature: it has no signer"};
  for (int i = 0; i < count; ++i) {
    out = verify_signer(sk_CMS_SignerInfo_value(signers, i), algorithm, digest, key);
    if (out.ok()) return out;
  }
  ERR_clear_error();
  return out;
}

} // namespace muster::crypto
