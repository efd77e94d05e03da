#include "crypto/digest.hpp"
#include "crypto/ec_key.hpp"
#include "crypto/ecdsa_signature.hpp"
#include "crypto/key.hpp"

#include <openssl/rsa.h>

namespace muster::crypto {

namespace {

const EVP_MD* openssl_md(hash_algorithm algorithm) noexcept {
  switch (algorithm) {
  case hash_algorithm::sha1: return EVP_sha1();
  case hash_algorithm::sha256: return EVP_sha256();
  case hash_algorithm::sha384: return EVP_sha384();
  case hash_algorithm::sha512: return EVP_sha512();
  case hash_algorithm::sm3_256: return nullptr; // in no signature scheme here
  }
  return nullptr;
}

status check_fits(const public_key& key, signature_scheme scheme) {
  if (key.is_rsa() == (scheme == signature_scheme::ecdsa))
    return fault{errc::mismatch, "signature: the scheme is not one of this kind of key"};
  return {};
}

status verify_with(EVP_PKEY* key, signature_scheme scheme, hash_algorithm algorithm, byte_view digest,
                   byte_view signature) {
  const pkey_ctx_ptr context{EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr)};
  bool ready = context && EVP_PKEY_verify_init(context.get()) > 0;
  if (ready && scheme != signature_scheme::ecdsa) {
    const int padding = scheme == signature_scheme::rsassa_pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
    ready = EVP_PKEY_CTX_set_rsa_padding(context.get(), padding) > 0
            && EVP_PKEY_CTX_set_signature_md(context.get(), openssl_md(algorithm)) > 0;
    // The length of the salt differs between TPMs before and after revision 1.38 (TPM 2.0 Part 1, B.7).
    if (ready && scheme == signature_scheme::rsassa_pss)
      ready = EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_AUTO) > 0;
  }
  if (!ready) return openssl_fault(errc::unsupported, "signature: OpenSSL does not do this scheme and hash");
  if (EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()) != 1)
    return openssl_fault(errc::mismatch, "signature: does not hold");
  return {};
}

} // namespace

/// The thread's hasher hashes the message, and only the digest goes to OpenSSL's key: EVP_DigestVerify would
/// fetch and set up a digest for each signature.
status public_key::verify_hashed(signature_scheme scheme, hash_algorithm algorithm, byte_view digest,
                                 byte_view signature) const {
  if (const auto* key = std::get_if<key_object>(&form_))
    return verify_with(key->get(), scheme, algorithm, digest, signature);
  // Each signature gets a new context: an old one could hold on to the point that the key had when it was
  // made.
  auto* key = thread_key_at(facts_of(curve::p256), encode_point(std::get<p256_point>(form_)));
  require(key != nullptr); // the point was on the curve when this was made
  return verify_with(key, scheme, algorithm, digest, signature);
}

status public_key::verify(signature_scheme scheme, hash_algorithm algorithm, byte_view message,
                          byte_view signature) const {
  if (auto fits = check_fits(*this, scheme); !fits) return fits;
  if (openssl_md(algorithm) == nullptr)
    return fault{errc::unsupported, "signature: the hash algorithm is not supported"};
  return verify_hashed(scheme, algorithm, hash(algorithm, message).view(), signature);
}

status public_key::verify_digest(signature_scheme scheme, hash_algorithm algorithm, byte_view digest,
                                 byte_view signature) const {
  if (auto fits = check_fits(*this, scheme); !fits) return fits;
  if (openssl_md(algorithm) == nullptr)
    return fault{errc::unsupported, "signature: the hash algorithm is not supported"};
  if (digest.size() != digest_size(algorithm))
    return fault{errc::malformed, "signature: the digest is not as long as its algorithm's"};
  return verify_hashed(scheme, algorithm, digest, signature);
}

status public_key::verify_ecdsa(hash_algorithm algorithm, byte_view message, byte_view r, byte_view s) const {
  const auto der = ecdsa_to_der(r, s);
  if (!der) return der.fault();
  return verify(signature_scheme::ecdsa, algorithm, message, *der);
}

result<bytes> private_key::sign(hash_algorithm algorithm, byte_view message) const {
  const auto* md = openssl_md(algorithm);
  const md_ctx_ptr context{EVP_MD_CTX_new()};
  bytes out(static_cast<std::size_t>(EVP_PKEY_get_size(native())));
  auto size = out.size();
  if (md == nullptr || !context || EVP_DigestSignInit(context.get(), nullptr, md, nullptr, native()) <= 0
      || EVP_DigestSign(context.get(), out.data(), &size, message.data(), message.size()) <= 0)
    return openssl_fault(errc::unsupported, "signature: this key and hash do not sign");
  out.resize(size);
  return out;
}

} // namespace muster::crypto
