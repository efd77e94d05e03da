#include "extraction/rim/xml_signature.hpp"

#include "crypto/digest.hpp"
#include "crypto/document_signer.hpp"
#include "crypto/timestamp_token.hpp"
#include "extraction/rim/signature_time.hpp"

#include <libxml/c14n.h>
#include <libxml/xmlIO.h>
#include <tuple>

namespace muster::extraction::xml {

namespace {

constexpr std::size_t max_certificates = 8;

fault malformed(std::string_view why) { return {errc::malformed, "xml signature: " + std::string{why}}; }
fault unsupported(std::string_view what, std::string_view found) {
  return {errc::unsupported, "xml signature: " + std::string{what} + ": " + printable(found, 100)};
}

std::string algorithm_of(const xmlNode* node) {
  return attribute(node, "", "Algorithm").value_or(std::string{});
}

/// Finds every Signature element in the document.
void find_signatures(xmlNode* root, std::vector<xmlNode*>& out) {
  for (auto* at = root; at != nullptr;) {
    if (is(at, dsig, "Signature")) out.push_back(at);
    if (at->type == XML_ELEMENT_NODE && at->children != nullptr) {
      at = at->children;
      continue;
    }
    while (at != root && at->next == nullptr)
      at = at->parent;
    at = at == root ? nullptr : at->next;
  }
}

std::optional<hash_algorithm> digest_method(std::string_view uri) {
  if (uri == "http://www.w3.org/2001/04/xmlenc#sha256") return hash_algorithm::sha256;
  if (uri == "http://www.w3.org/2001/04/xmldsig-more#sha384") return hash_algorithm::sha384;
  if (uri == "http://www.w3.org/2001/04/xmlenc#sha512") return hash_algorithm::sha512;
  return std::nullopt;
}

struct signature_method {
  bool rsa = false;
  hash_algorithm hash = hash_algorithm::sha256;
};

std::optional<signature_method> method_from(std::string_view uri) {
  constexpr std::string_view base = "http://www.w3.org/2001/04/xmldsig-more#";
  if (!uri.starts_with(base)) return std::nullopt;
  uri.remove_prefix(base.size());
  if (uri == "rsa-sha256") return signature_method{true, hash_algorithm::sha256};
  if (uri == "rsa-sha384") return signature_method{true, hash_algorithm::sha384};
  if (uri == "rsa-sha512") return signature_method{true, hash_algorithm::sha512};
  if (uri == "ecdsa-sha256") return signature_method{false, hash_algorithm::sha256};
  if (uri == "ecdsa-sha384") return signature_method{false, hash_algorithm::sha384};
  if (uri == "ecdsa-sha512") return signature_method{false, hash_algorithm::sha512};
  return std::nullopt;
}

struct canonical_form {
  xmlC14NMode mode = XML_C14N_1_0;
  int comments = 0;
};

std::optional<canonical_form> form_from(std::string_view uri) {
  static constexpr std::tuple<std::string_view, xmlC14NMode, int> known[] = {
      {"http://www.w3.org/TR/2001/REC-xml-c14n-20010315", XML_C14N_1_0, 0},
      {"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments", XML_C14N_1_0, 1},
      {"http://www.w3.org/2006/12/xml-c14n11", XML_C14N_1_1, 0},
      {"http://www.w3.org/2006/12/xml-c14n11#WithComments", XML_C14N_1_1, 1},
      {"http://www.w3.org/2001/10/xml-exc-c14n#", XML_C14N_EXCLUSIVE_1_0, 0},
      {"http://www.w3.org/2001/10/xml-exc-c14n#WithComments", XML_C14N_EXCLUSIVE_1_0, 1},
  };
  for (const auto& [name, mode, comments] : known)
    if (uri == name) return canonical_form{mode, comments};
  return std::nullopt;
}

/// What is canonicalised: everything except a subtree, or only the subtree (`inside`).
struct selection {
  const xmlNode* subtree = nullptr;
  bool inside = false;
};

int is_selected(void* which, xmlNode* node, xmlNode* parent) {
  const auto& chosen = *static_cast<const selection*>(which);
  // A namespace is not a node of the tree. Its place is that of its element.
  const auto* at = node->type == XML_NAMESPACE_DECL ? parent : node;
  for (; at != nullptr; at = at->parent)
    if (at == chosen.subtree) return chosen.inside ? 1 : 0;
  return chosen.inside ? 0 : 1;
}

struct closes_buffer {
  void operator()(xmlOutputBuffer* buffer) const noexcept { xmlOutputBufferClose(buffer); }
};

result<bytes> canonical(xmlDoc* document, selection what, canonical_form form) {
  const std::unique_ptr<xmlOutputBuffer, closes_buffer> out{xmlAllocOutputBuffer(nullptr)};
  if (out == nullptr
      || xmlC14NExecute(document, is_selected, &what, form.mode, nullptr, form.comments, out.get()) < 0)
    return malformed("it has no canonical form");
  const auto* content = xmlOutputBufferGetContent(out.get());
  return bytes{content, content + xmlOutputBufferGetSize(out.get())};
}

/// The parts of the Signature.
struct signature_parts {
  xmlNode* whole = nullptr;
  xmlNode* signed_info = nullptr;
  xmlNode* method = nullptr;
  xmlNode* reference = nullptr;
  xmlNode* of_time = nullptr; ///< the Reference to the property with the time; null: there is none
  canonical_form form;        ///< of SignedInfo
  xmlNode* value_node = nullptr;
  bytes value;
  xmlNode* key_info = nullptr;
  std::optional<signature_time> time;
};

status read_signed_info(signature_parts& out) {
  const auto parts = elements_of(out.signed_info);
  const bool sound = (parts.size() == 3 || (parts.size() == 4 && is(parts[3], dsig, "Reference")))
                     && is(parts[0], dsig, "CanonicalizationMethod") && is(parts[1], dsig, "SignatureMethod")
                     && is(parts[2], dsig, "Reference");
  if (!sound) return malformed("SignedInfo does not have one method, one canonicalisation and one Reference");
  const auto form = form_from(algorithm_of(parts[0]));
  if (!form || !elements_of(parts[0]).empty()) return unsupported("canonicalisation", algorithm_of(parts[0]));
  out.form = *form;
  out.method = parts[1];
  out.reference = parts[2];
  if (parts.size() == 4) out.of_time = parts[3];
  // Nothing but the property with the time may be signed besides the document.
  const bool has_property = out.time && out.time->property != nullptr;
  if (has_property != (out.of_time != nullptr))
    return malformed("SignedInfo does not have one method, one canonicalisation and one Reference");
  return {};
}

result<signature_parts> read_signature(xmlDoc* document) {
  auto* root = xmlDocGetRootElement(document);
  std::vector<xmlNode*> all;
  find_signatures(root, all);
  if (all.empty()) return fault{errc::untrusted, "xml signature: the document is not signed"};
  if (all.size() != 1 || all[0]->parent != root)
    return malformed("expected exactly one Signature, as a child of the root");
  signature_parts out;
  out.whole = all[0];
  auto parts = elements_of(out.whole);
  if (parts.size() > 2 && is(parts.back(), dsig, "Object")) {
    auto time = read_signature_time(parts.back());
    if (!time) return time.fault();
    out.time = *std::move(time);
    parts.pop_back();
  }
  const bool sound = (parts.size() == 2 || (parts.size() == 3 && is(parts[2], dsig, "KeyInfo")))
                     && is(parts[0], dsig, "SignedInfo") && is(parts[1], dsig, "SignatureValue");
  if (!sound)
    return malformed("Signature holds other things than SignedInfo, SignatureValue, KeyInfo and one Object");
  out.signed_info = parts[0];
  out.value_node = parts[1];
  auto value = from_base64(packed_text(parts[1]));
  if (!value || value->empty()) return malformed("SignatureValue is not base64");
  out.value = *std::move(value);
  if (parts.size() == 3) out.key_info = parts[2];
  if (auto ok = read_signed_info(out); !ok) return ok.fault();
  return out;
}

result<canonical_form> read_transforms(const xmlNode* transforms) {
  const auto list = elements_of(transforms);
  if (list.empty() || list.size() > 2) return malformed("expected the enveloped-signature transform");
  for (const auto* one : list)
    if (!is(one, dsig, "Transform") || !elements_of(one).empty())
      return unsupported("transform", algorithm_of(one));
  if (algorithm_of(list[0]) != "http://www.w3.org/2000/09/xmldsig#enveloped-signature")
    return unsupported("transform", algorithm_of(list[0]));
  if (list.size() == 1) return canonical_form{};
  const auto form = form_from(algorithm_of(list[1]));
  if (!form) return unsupported("transform", algorithm_of(list[1]));
  return *form;
}

/// The digest that a Reference states, compared with the content that it is about.
template <class Content>
status check_digest(const xmlNode* method, const xmlNode* value, const char* differs, Content&& content) {
  const auto algorithm = digest_method(algorithm_of(method));
  if (!algorithm) return unsupported("digest", algorithm_of(method));
  const auto stated = from_base64(packed_text(value));
  const auto measured = content();
  if (!measured) return measured.fault();
  if (!stated || !same(*stated, crypto::hash(*algorithm, *measured).view()))
    return fault{errc::mismatch, std::string{"xml signature: "} + differs};
  return {};
}

/// The Reference to the property with the time, which is found by its place and not by its Id.
status check_time(xmlDoc* document, const signature_parts& in) {
  if (in.of_time == nullptr) return {};
  if (attribute(in.of_time, "", "URI") != '#' + in.time->id)
    return unsupported("a Reference to something else than the time stamp",
                       attribute(in.of_time, "", "URI").value_or("without URI"));
  auto parts = elements_of(in.of_time);
  canonical_form form;
  if (parts.size() == 3 && is(parts[0], dsig, "Transforms")) {
    const auto list = elements_of(parts[0]);
    const auto named = list.size() == 1 && is(list[0], dsig, "Transform") && elements_of(list[0]).empty()
                           ? form_from(algorithm_of(list[0]))
                           : std::nullopt;
    if (!named) return unsupported("transform", list.empty() ? "none" : algorithm_of(list[0]));
    form = *named;
    parts.erase(parts.begin());
  }
  if (parts.size() != 2 || !is(parts[0], dsig, "DigestMethod") || !is(parts[1], dsig, "DigestValue"))
    return malformed("the Reference does not have transforms, method and digest");
  return check_digest(parts[0], parts[1], "its time stamp is not what was signed", [&] {
    return canonical(document, {in.time->property, true}, form);
  });
}

status check_reference(xmlDoc* document, const signature_parts& in) {
  if (attribute(in.reference, "", "URI") != std::string{})
    return unsupported("a Reference to less than the whole document",
                       attribute(in.reference, "", "URI").value_or("without URI"));
  const auto parts = elements_of(in.reference);
  if (parts.size() != 3 || !is(parts[0], dsig, "Transforms") || !is(parts[1], dsig, "DigestMethod")
      || !is(parts[2], dsig, "DigestValue"))
    return malformed("the Reference does not have transforms, method and digest");
  const auto form = read_transforms(parts[0]);
  if (!form) return form.fault();
  // URI="" selects the document without its comments (4.4.3.2).
  return check_digest(parts[1], parts[2], "the document is not what was signed", [&] {
    return canonical(document, {in.whole, false}, {form->mode, 0});
  });
}

result<std::vector<crypto::certificate>> certificates_of(const xmlNode* key_info) {
  std::vector<crypto::certificate> out;
  if (key_info == nullptr) return out;
  for (const auto* data : elements_of(key_info)) {
    if (!is(data, dsig, "X509Data")) continue;
    for (const auto* one : elements_of(data)) {
      if (!is(one, dsig, "X509Certificate")) continue;
      const auto der = from_base64(packed_text(one));
      if (!der || out.size() == max_certificates)
        return malformed("a certificate is not valid, or there are too many");
      auto read = crypto::certificate::from_der(*der);
      if (!read) return read.fault();
      out.push_back(*std::move(read));
    }
  }
  return out;
}

status check_value(const crypto::certificate& signer, const signature_method& method, byte_view message,
                   byte_view value) {
  const auto& key = signer.key();
  if (key.is_rsa() != method.rsa)
    return fault{errc::mismatch, "xml signature: the signer's key is of another kind"};
  if (method.rsa) return key.verify(crypto::signature_scheme::rsassa_pkcs1, method.hash, message, value);
  // r and s, each of the length of the field (XML Signature 1.1, 6.4.3).
  if (value.size() % 2 != 0 || value.size() > 132) return malformed("an ECDSA value of odd length");
  return key.verify_ecdsa(method.hash, message, value.first(value.size() / 2),
                          value.subspan(value.size() / 2));
}

/// The time that an authority stamped on the signature. Empty: there is no stamp of RFC 3161, or nobody is
/// named whose stamp would count.
result<std::optional<wall_time>> stamped_time(xmlDoc* document, const signature_parts& in,
                                              const signature_trust& trust) {
  if (!in.time || in.time->property != nullptr || trust.time_roots.empty()) return std::optional<wall_time>{};
  // XAdES 7.3: the SignatureValue element, in Canonical XML 1.0.
  const auto covered = canonical(document, {in.value_node, true}, {});
  if (!covered) return covered.fault();
  const auto time = crypto::verify_timestamp(in.time->token, *covered, trust.time_roots, trust.at);
  if (!time) return time.fault();
  return std::optional{*time};
}

/// What a manifest says of its time, and what that is worth.
std::string note_on(const std::optional<signature_time>& time,
                    const result<std::optional<wall_time>>& stamped) {
  if (!time) return {};
  if (!time->stated.empty())
    return "says that it was signed at " + printable(time->stated, 64) + ", which is the signer's own word";
  if (time->property != nullptr)
    return "has a time stamp (RFC 3852) that does not count: it may be of anything";
  if (!stamped) return "has a time stamp that does not count: " + stamped.fault().check;
  if (!*stamped) return "has a time stamp (RFC 3161) that does not count: no authority is named for it";
  return "was stamped by an authority for time stamps";
}

/// A certificate that has ended counts if the signature is known to be older than its end.
status accept_signer(const crypto::certificate& signer, std::span<const crypto::certificate> sent,
                     const signature_trust& trust, const std::optional<wall_time>& stamped,
                     std::string_view note) {
  auto now = crypto::verify_document_signer(signer, sent, trust.roots, trust.at);
  if (now || now.fault().code != errc::expired) return now;
  if (stamped) return crypto::verify_document_signer(signer, sent, trust.roots, *stamped);
  if (!note.empty()) return fault{errc::expired, now.fault().check + "; the manifest " + std::string{note}};
  return now;
}

} // namespace

result<verified_signature> verify_enveloped(xmlDoc* document, const signature_trust& trust) {
  const auto parts = read_signature(document);
  if (!parts) return parts.fault();
  if (auto ok = check_reference(document, *parts); !ok) return ok.fault();
  if (auto ok = check_time(document, *parts); !ok) return ok.fault();
  const auto method = method_from(algorithm_of(parts->method));
  if (!method || !elements_of(parts->method).empty())
    return unsupported("signature", algorithm_of(parts->method));
  const auto message = canonical(document, {parts->signed_info, true}, parts->form);
  if (!message) return message.fault();

  const auto sent = certificates_of(parts->key_info);
  if (!sent) return sent.fault();
  const auto candidates = sent->empty() ? trust.roots : std::span{*sent}.first(1);
  const auto stamped = stamped_time(document, *parts, trust);
  const auto time = stamped ? *stamped : std::nullopt;
  auto note = note_on(parts->time, stamped);
  fault why{errc::untrusted, "xml signature: it does not hold the signer's certificate; give it"};
  for (const auto& signer : candidates) {
    auto ok = accept_signer(signer, *sent, trust, time, note);
    if (ok) ok = check_value(signer, *method, *message, parts->value);
    if (ok) return verified_signature{signer, time, std::move(note)};
    why = ok.fault();
  }
  return why;
}

} // namespace muster::extraction::xml
