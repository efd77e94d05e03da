// XML-DSig (W3C, XML Signature Syntax and Processing 1.1), in the one narrow form that manifests use.
#pragma once

#include "crypto/certificate.hpp"
#include "extraction/rim/xml_document.hpp"

#include <span>

namespace muster::extraction::xml {

inline constexpr std::string_view dsig = "http://www.w3.org/2000/09/xmldsig#";

/// Whom the reader believes, and when.
struct signature_trust {
  std::span<const crypto::certificate> roots;      ///< of signers
  std::span<const crypto::certificate> time_roots; ///< of authorities that stamp times; may be empty
  wall_time at;
};

struct verified_signature {
  crypto::certificate signer;
  std::optional<wall_time> stamped; ///< an authority's time stamp proves that the signature existed then
  std::string time_note;            ///< what it says of its time, for people; safe to print, may be empty
};

/// Verifies that one of the roots, or a certificate under one, signed the whole document. Checks, in this
/// order:
///   1. the document has exactly one Signature, a child of the root. It consists of SignedInfo,
///      SignatureValue, at most one KeyInfo, and at most one Object, which holds a time and nothing else
///      (signature_time.hpp)
///   2. there is one Reference to the whole document (URI=""). It has the enveloped-signature transform, then
///      at most one canonicalisation (1.0, 1.1 or exclusive), and no other transform. Another Reference is to
///      the SignatureProperty with the time, with no transform but a canonicalisation; a property needs one
///   3. each digest, by SHA-256, SHA-384 or SHA-512, is that of the document without its signature, or that of
///      the property
///   4. `verify_document_signer` accepts the first certificate in KeyInfo or, without one, a root. One whose
///      validity has ended is accepted as of the time at which an authority under one of `time_roots` stamped
///      the signature (crypto/timestamp_token.hpp). The signer's own word for a time counts for nothing
///   5. the signature (RSA PKCS#1 v1.5 or ECDSA, with SHA-256, SHA-384 or SHA-512) holds under its key
/// SHA-1 and MD5 are refused everywhere. Every element outside the Signature is then signed, and nothing
/// depends on an Id: the property is found by its place. fault malformed; unsupported: an algorithm or
/// transform; mismatch, untrusted, expired, denied.
result<verified_signature> verify_enveloped(xmlDoc* document, const signature_trust& trust);

} // namespace muster::extraction::xml
