// Other encodings of a certificate, which anyone can make without the issuer.
#pragma once

#include "crypto/certificate.hpp"
#include "crypto/openssl.hpp"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>

namespace muster::crypto::testing {

using ecdsa_sig_ptr = std::unique_ptr<ECDSA_SIG, freed_by<ECDSA_SIG_free>>;

/// Has (r, n - s) instead of the signature (r, s) by a key of the curve `nid`, which is equally valid.
inline bytes twin_of(const certificate& one, int nid = NID_X9_62_prime256v1) {
  const x509_ptr copy{X509_dup(one.native())};
  const ASN1_BIT_STRING* signature = nullptr;
  X509_get0_signature(&signature, nullptr, copy.get());
  const auto* at = ASN1_STRING_get0_data(signature);
  const ecdsa_sig_ptr numbers{d2i_ECDSA_SIG(nullptr, &at, ASN1_STRING_length(signature))};
  const std::unique_ptr<EC_GROUP, freed_by<EC_GROUP_free>> group{EC_GROUP_new_by_curve_name(nid)};
  require(numbers && group);
  auto* r = BN_dup(ECDSA_SIG_get0_r(numbers.get()));
  auto* s = BN_new();
  require(r && s && BN_sub(s, EC_GROUP_get0_order(group.get()), ECDSA_SIG_get0_s(numbers.get())) == 1
          && ECDSA_SIG_set0(numbers.get(), r, s) == 1);
  const auto other = to_der(numbers.get(), i2d_ECDSA_SIG);
  require(
      ASN1_STRING_set(const_cast<ASN1_BIT_STRING*>(signature), other.data(), static_cast<int>(other.size()))
      == 1);
  return to_der(copy.get(), i2d_X509);
}

/// Writes the outer length with one byte more than DER.
inline bytes with_longer_length(const bytes& der) {
  require(der.size() > 0x104 && der[0] == 0x30 && der[1] == 0x82);
  bytes out{0x30, 0x83, 0};
  out.insert(out.end(), der.begin() + 2, der.end());
  return out;
}

/// Writes an indefinite outer length, which BER allows.
inline bytes with_indefinite_length(const bytes& der) {
  require(der.size() > 0x104 && der[0] == 0x30 && der[1] == 0x82);
  bytes out{0x30, 0x80};
  out.insert(out.end(), der.begin() + 4, der.end());
  out.insert(out.end(), {0, 0});
  return out;
}

} // namespace muster::crypto::testing
