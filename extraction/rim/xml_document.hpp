// A parsed XML document, and how its elements are looked at. Inside this folder only: the door to libxml2.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <libxml/tree.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace muster::extraction::xml {

struct frees_document {
  void operator()(xmlDoc* document) const noexcept { xmlFreeDoc(document); }
};
using document = std::unique_ptr<xmlDoc, frees_document>;

inline constexpr std::size_t max_bytes = std::size_t{16} << 20U;
inline constexpr std::size_t max_elements = 1'000'000;

/// Well-formed XML 1.0 with namespaces, without a document type: so without entities of its own, default
/// attributes, and anything that is fetched. fault malformed; limit: size, elements, depth of 256.
result<document> parse(byte_view text);

std::string_view text_of(const xmlChar* text) noexcept;

/// Whether `node` is the element `name` of namespace `space`.
bool is(const xmlNode* node, std::string_view space, std::string_view name) noexcept;
/// Child elements, in order.
std::vector<xmlNode*> elements_of(const xmlNode* parent);
/// The value of an attribute; `space` empty: of no namespace.
std::optional<std::string> attribute(const xmlNode* node, std::string_view space, std::string_view name);
/// All text in it, without white space.
std::string packed_text(const xmlNode* node);

/// Strict base64 (RFC 4648, 4) without white space; empty optional for anything else.
std::optional<bytes> from_base64(std::string_view text);

} // namespace muster::extraction::xml
