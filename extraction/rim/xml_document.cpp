#include "extraction/rim/xml_document.hpp"

#include <array>
#include <libxml/parser.h>

namespace muster::extraction::xml {

namespace {

/// libxml2 must be initialised once in each process.
void set_up() {
  [[maybe_unused]] static const bool once = [] {
    xmlInitParser();
    return true;
  }();
}

struct frees_context {
  void operator()(xmlParserCtxt* context) const noexcept { xmlFreeParserCtxt(context); }
};

bool within_elements(const xmlNode* root) {
  std::size_t count = 0;
  for (const auto* at = root; at != nullptr;) {
    if (at->type == XML_ELEMENT_NODE && ++count > max_elements) return false;
    if (at->type == XML_ELEMENT_NODE && at->children != nullptr) {
      at = at->children;
      continue;
    }
    while (at != root && at->next == nullptr)
      at = at->parent;
    at = at == root ? nullptr : at->next;
  }
  return true;
}

} // namespace

result<document> parse(byte_view text) {
  if (text.size() > max_bytes) return fault{errc::limit, "xml: over 16 MiB"};
  set_up();
  const std::unique_ptr<xmlParserCtxt, frees_context> context{xmlNewParserCtxt()};
  if (context == nullptr) return fault{errc::internal, "xml: no memory"};
  document out{xmlCtxtReadMemory(context.get(), reinterpret_cast<const char*>(text.data()),
                                 static_cast<int>(text.size()), nullptr, nullptr,
                                 XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)};
  if (out == nullptr || context->wellFormed == 0 || context->nsWellFormed == 0)
    return fault{errc::malformed, "xml: not well-formed"};
  if (out->intSubset != nullptr || out->extSubset != nullptr)
    return fault{errc::malformed,
                 "xml: it has a document type, which could change what it says; use a RIM without one"};
  const auto* root = xmlDocGetRootElement(out.get());
  if (root == nullptr) return fault{errc::malformed, "xml: no element"};
  if (!within_elements(root)) return fault{errc::limit, "xml: over 1,000,000 elements"};
  return out;
}

std::string_view text_of(const xmlChar* text) noexcept {
  return text == nullptr ? std::string_view{} : std::string_view{reinterpret_cast<const char*>(text)};
}

bool is(const xmlNode* node, std::string_view space, std::string_view name) noexcept {
  return node->type == XML_ELEMENT_NODE && node->ns != nullptr && text_of(node->ns->href) == space
         && text_of(node->name) == name;
}

std::vector<xmlNode*> elements_of(const xmlNode* parent) {
  std::vector<xmlNode*> out;
  for (auto* child = parent->children; child != nullptr; child = child->next)
    if (child->type == XML_ELEMENT_NODE) out.push_back(child);
  return out;
}

std::optional<std::string> attribute(const xmlNode* node, std::string_view space, std::string_view name) {
  for (const auto* at = node->properties; at != nullptr; at = at->next) {
    const auto own = at->ns == nullptr ? std::string_view{} : text_of(at->ns->href);
    if (own != space || text_of(at->name) != name) continue;
    std::string out;
    for (const auto* part = at->children; part != nullptr; part = part->next)
      if (part->type == XML_TEXT_NODE) out += text_of(part->content);
    return out;
  }
  return std::nullopt;
}

std::string packed_text(const xmlNode* node) {
  std::string out;
  for (const auto* part = node->children; part != nullptr; part = part->next) {
    if (part->type != XML_TEXT_NODE) continue;
    for (const auto c : text_of(part->content))
      if (c != ' ' && c != '\t' && c != '\n' && c != '\r') out += c;
  }
  return out;
}

std::optional<bytes> from_base64(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t pads = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes out;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::uint32_t group = 0;
    const auto digits = i + 4 == text.size() ? 4 - pads : 4;
    for (std::size_t k = 0; k < 4; ++k) {
      const auto value = k < digits ? alphabet.find(text[i + k]) : 0;
      if (value == std::string_view::npos) return std::nullopt;
      group = group << 6U | static_cast<std::uint32_t>(value);
    }
    for (std::size_t k = 0; k + 1 < digits; ++k)
      out.push_back(static_cast<std::uint8_t>(group >> (16 - 8 * k)));
    if (digits < 4 && (group & (digits == 3 ? 0xffU : 0xffffU)) != 0) return std::nullopt; // one spelling
  }
  return out;
}

} // namespace muster::extraction::xml
