// XML-DSig (W3C, XML Signature Syntax and Processing 1.1), in the one narrow form that manifests use.
#pragma once

#include "crypto/certificate.hpp"
#include "extraction/rim/xml_document.hpp"

#include <span>

namespace muster::extraction::xml {

inline constexpr std::string_view dsig = "http://www.w3.org/2000/09/xmldsig#";

/// Verifies that one of `roots`, or a certificate under one, signed the whole document, and returns the
/// signer. Checks, in this order:
///   1. the document has exactly one Signature, a child of the root. It consists of SignedInfo,
///      SignatureValue and at most one KeyInfo. There is no Object, so nothing is signed except the document
///   2. there is one Reference, to the whole document (URI=""). It has the enveloped-signature transform,
///      then at most one canonicalisation (1.0, 1.1 or exclusive), and no other transform
///   3. the digest, by SHA-256, SHA-384 or SHA-512, is that of the document without its signature
///   4. `verify_document_signer` accepts the first certificate in KeyInfo or, without one, a root
///   5. the signature (RSA PKCS#1 v1.5 or ECDSA, with SHA-256, SHA-384 or SHA-512) holds under its key
/// SHA-1 and MD5 are refused everywhere. Every element outside the Signature is then signed, and nothing
/// depends on an Id. fault malformed; unsupported: an algorithm or transform; mismatch, untrusted, expired,
/// denied.
result<crypto::certificate> verify_enveloped(xmlDoc* document, std::span<const crypto::certificate> roots,
                                             wall_time at);

} // namespace muster::extraction::xml
