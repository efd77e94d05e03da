#include "tpm/format/signature.hpp"

#include "messages/vocabulary/cursor.hpp"

namespace muster::tpm {

namespace {

constexpr std::size_t max_ecc_parameter = 66; // P-521
constexpr std::size_t max_rsa_block = 1024;   // 8192 bits

} // namespace

result<signature> parse_signature(byte_view input) {
  cursor in{input};
  signature out;
  //   TPMI_ALG_SIG_SCHEME sigAlg, TPMI_ALG_HASH hash
  out.algorithm = static_cast<signature_algorithm>(in.u16_be());
  const auto hash = hash_algorithm_from(in.u16_be());
  if (in.failed()) return fault{errc::malformed, "signature: truncated"};
  if (!hash) return fault{errc::unsupported, "signature: unknown hash"};
  out.hash = *hash;
  switch (out.algorithm) {
  case signature_algorithm::ecdsa:
    //   TPM2B_ECC_PARAMETER signatureR, signatureS
    out.r = in.take(in.u16_be());
    out.s = in.take(in.u16_be());
    break;
  case signature_algorithm::rsassa:
  case signature_algorithm::rsapss:
    //   TPM2B_PUBLIC_KEY_RSA sig
    out.block = in.take(in.u16_be());
    break;
  default: return fault{errc::unsupported, "signature: none of ECDSA, RSASSA, RSAPSS"};
  }
  if (in.failed()) return fault{errc::malformed, "signature: truncated"};
  if (!in.done()) return fault{errc::malformed, "signature: trailing bytes"};
  const bool empty =
      out.algorithm == signature_algorithm::ecdsa ? out.r.empty() || out.s.empty() : out.block.empty();
  if (empty) return fault{errc::malformed, "signature: empty number"};
  if (out.r.size() > max_ecc_parameter || out.s.size() > max_ecc_parameter
      || out.block.size() > max_rsa_block)
    return fault{errc::limit, "signature: number too long"};
  return out;
}

status verify_signature(const crypto::public_key& key, const signature& sig, byte_view message) {
  switch (sig.algorithm) {
  case signature_algorithm::ecdsa: return key.verify_ecdsa(sig.hash, message, sig.r, sig.s);
  case signature_algorithm::rsassa:
    return key.verify(crypto::signature_scheme::rsassa_pkcs1, sig.hash, message, sig.block);
  case signature_algorithm::rsapss:
    return key.verify(crypto::signature_scheme::rsassa_pss, sig.hash, message, sig.block);
  }
  return fault{errc::unsupported, "signature: none of ECDSA, RSASSA, RSAPSS"};
}

} // namespace muster::tpm
