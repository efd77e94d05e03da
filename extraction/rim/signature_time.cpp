#include "extraction/rim/signature_time.hpp"

#include "extraction/rim/xml_signature.hpp"

namespace muster::extraction::xml {

namespace {

constexpr std::string_view xades = "http://uri.etsi.org/01903/v1.3.2#";
constexpr std::string_view rfc3339 = "https://www.ietf.org/rfc/rfc3339.txt";
constexpr std::string_view rfc3852 = "https://www.ietf.org/rfc/rfc3852.txt";
constexpr std::size_t max_time = 64;
constexpr std::size_t max_token = std::size_t{64} << 10U;

const fault other_form{errc::malformed,
                       "xml signature: its Object holds other things than a time stamp in the "
                       "form of the TCG or of XAdES-T"};

/// The only child element, if it has this name.
xmlNode* only_child(xmlNode* parent, std::string_view space, std::string_view name) {
  const auto children = elements_of(parent);
  return children.size() == 1 && is(children[0], space, name) ? children[0] : nullptr;
}

std::optional<bytes> token_from(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
  auto out = from_base64(text);
  if (!out || out->empty() || out->size() > max_token) return std::nullopt;
  return out;
}

result<signature_time> read_property(xmlNode* properties) {
  auto* property = only_child(properties, dsig, "SignatureProperty");
  if (property == nullptr) return other_form;
  const auto children = elements_of(property);
  const auto id = attribute(property, "", "Id");
  if (children.size() != 1 || !id || id->empty()) return other_form;
  const auto time = attribute(children[0], "", "dateTime");
  signature_time out{property, *id, {}, {}};
  if (is(children[0], rfc3339, "timestamp")) {
    if (!time || time->empty() || time->size() > max_time) return other_form;
    out.stated = *time;
    return out;
  }
  if (!is(children[0], rfc3852, "timestamp") || !time) return other_form;
  auto token = token_from(*time);
  if (!token) return other_form;
  out.token = *std::move(token);
  return out;
}

result<signature_time> read_qualifying(xmlNode* qualifying) {
  auto* unsigned_properties = only_child(qualifying, xades, "UnsignedProperties");
  if (unsigned_properties == nullptr) return other_form;
  auto* of_signature = only_child(unsigned_properties, xades, "UnsignedSignatureProperties");
  if (of_signature == nullptr) return other_form;
  auto* stamp = only_child(of_signature, xades, "SignatureTimeStamp");
  if (stamp == nullptr) return other_form;
  // A canonicalisation may be named; the default is Canonical XML 1.0 (7.1.4.3.1), and no other is read.
  auto children = elements_of(stamp);
  if (!children.empty() && is(children[0], dsig, "CanonicalizationMethod")) {
    const auto algorithm = attribute(children[0], "", "Algorithm");
    if (algorithm != "http://www.w3.org/TR/2001/REC-xml-c14n-20010315" || !elements_of(children[0]).empty())
      return other_form;
    children.erase(children.begin());
  }
  if (children.size() != 1 || !is(children[0], xades, "EncapsulatedTimeStamp")
      || !elements_of(children[0]).empty())
    return other_form;
  auto token = token_from(packed_text(children[0]));
  if (!token) return other_form;
  return signature_time{nullptr, {}, {}, *std::move(token)};
}

} // namespace

result<signature_time> read_signature_time(xmlNode* object) {
  const auto children = elements_of(object);
  if (children.size() != 1) return other_form;
  if (is(children[0], dsig, "SignatureProperties")) return read_property(children[0]);
  if (is(children[0], xades, "QualifyingProperties")) return read_qualifying(children[0]);
  return other_form;
}

} // namespace muster::extraction::xml
