// OpenSSL's objects with owners. For sources of this folder and of net/ only: no header for other folders
// includes it.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace muster::crypto {

template <auto Free> struct freed_by {
  template <class T> void operator()(T* object) const noexcept { Free(object); }
};

using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using bignum_ptr = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using bignum_ctx_ptr = std::unique_ptr<BN_CTX, freed_by<BN_CTX_free>>;
using cipher_ctx_ptr = std::unique_ptr<EVP_CIPHER_CTX, freed_by<EVP_CIPHER_CTX_free>>;
using mac_ctx_ptr = std::unique_ptr<EVP_MAC_CTX, freed_by<EVP_MAC_CTX_free>>;
using md_ctx_ptr = std::unique_ptr<EVP_MD_CTX, freed_by<EVP_MD_CTX_free>>;
using pkey_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using pkey_ctx_ptr = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;
using param_builder_ptr = std::unique_ptr<OSSL_PARAM_BLD, freed_by<OSSL_PARAM_BLD_free>>;
using params_ptr = std::unique_ptr<OSSL_PARAM, freed_by<OSSL_PARAM_free>>;
using x509_ptr = std::unique_ptr<X509, freed_by<X509_free>>;

/// Turns a failure of OpenSSL into our fault. It also empties the thread's error queue; otherwise the next
/// TLS call would take what is left there for its own error.
inline fault openssl_fault(errc code, std::string check) {
  ERR_clear_error();
  return {code, std::move(check)};
}

/// For calls that fail only when memory is exhausted or this build of OpenSSL is broken: ends the process.
inline void require(bool held) noexcept {
  if (!held) std::abort();
}

/// A public key of `type` from its parts.
inline result<pkey_ptr> key_from(const char* type, OSSL_PARAM_BLD* builder) {
  const params_ptr params{OSSL_PARAM_BLD_to_param(builder)};
  const pkey_ctx_ptr context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
  require(params && context);
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) <= 0
      || EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) <= 0)
    return openssl_fault(errc::malformed, "key: not a point of the curve, or not a modulus");
  return pkey_ptr{key};
}

/// DER of any object that has an i2d function; empty if OpenSSL refuses.
template <class T, class I2d> bytes to_der(const T* object, I2d i2d) {
  std::uint8_t* raw = nullptr;
  const int size = i2d(object, &raw);
  if (size <= 0) {
    ERR_clear_error();
    return {};
  }
  bytes out(raw, raw + size);
  OPENSSL_free(raw);
  return out;
}

} // namespace muster::crypto
