// What an XML signature says about the time at which it was made.
#pragma once

#include "crypto/certificate.hpp"
#include "extraction/rim/xml_document.hpp"

#include <span>

namespace muster::extraction::xml {

/// One of the two forms in which manifests carry a time. It lies in the one Object of the Signature, and
/// nothing else does.
///   - TCG: SignatureProperties with one SignatureProperty, which a second Reference covers (URI="#" and its
///     Id). It has one element `timestamp` with `dateTime`: a time of RFC 3339, or a structure of RFC 3852 in
///     base64.
///   - XAdES-T (ETSI TS 101 903, 7.3; NISTIR 8060 recommends it): a SignatureTimeStamp among the
///     UnsignedSignatureProperties, with a token of RFC 3161 over the canonical SignatureValue.
struct signature_time {
  xmlNode* property = nullptr; ///< TCG: what the second Reference must cover; null: XAdES-T
  std::string id;              ///< of `property`
  std::string stated;          ///< RFC 3339, as it is written; foreign text
  bytes token;                 ///< DER; in the TCG form its content is not specified
};

/// Reads the Object of a signature. fault malformed: it has any other form.
result<signature_time> read_signature_time(xmlNode* object);

} // namespace muster::extraction::xml
