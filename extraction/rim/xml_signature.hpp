// XML-DSig (W3C, XML Signature Syntax and Processing 1.1), in the one narrow form that manifests use.
#pragma once

#include "crypto/certificate.hpp"
#include "extraction/rim/xml_document.hpp"

#include <span>

namespace muster::extraction::xml {

inline constexpr std::string_view dsig = "http://www.w3.org/2000/09/xmldsig#";

/// Verifies that one of `roots`, or a certificate under them, signed all of the document. Checks, in this
/// order:
///   1. there is one Signature in the whole document, a child of its root, of SignedInfo, SignatureValue and
///      at most one KeyInfo, and nothing else: no Object, so nothing that is signed besides the document
///   2. one Reference, to the whole document (URI=""), with the enveloped-signature transform and at most one
///      canonicalisation (1.0, 1.1 or exclusive) behind it; no other transform
///   3. the digest, of SHA-256, SHA-384 or SHA-512, is that of the document without its signature
///   4. `verify_document_signer` of the first certificate in KeyInfo, or where there is none of each root
///   5. the signature (RSA PKCS#1 v1.5 or ECDSA, with SHA-256, SHA-384 or SHA-512) holds under that key
/// SHA-1 and MD5 are refused everywhere. Then every element outside the Signature is signed, and nothing
/// depends on an Id. fault malformed; unsupported: an algorithm or transform; mismatch, untrusted, expired,
/// denied. Gives the signer.
result<crypto::certificate> verify_enveloped(xmlDoc* document, std::span<const crypto::certificate> roots,
                                             wall_time at);

} // namespace muster::extraction::xml
