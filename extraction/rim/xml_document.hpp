// A parsed XML document, and functions to read its elements. For this folder only: the door to libxml2.
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

/// Parses well-formed XML 1.0 with namespaces and without a document type. Such a document has no entities of
/// its own, no default attributes, and nothing that must be fetched. fault malformed; limit: over `max_bytes`
/// or `max_elements`. libxml2 refuses a nesting over 256 as malformed.
result<document> parse(byte_view text);

std::string_view text_of(const xmlChar* text) noexcept;

/// Whether `node` is the element `name` of namespace `space`.
bool is(const xmlNode* node, std::string_view space, std::string_view name) noexcept;
/// The child elements, in order.
std::vector<xmlNode*> elements_of(const xmlNode* parent);
/// The value of an attribute; with an empty `space`, of an attribute without a namespace.
std::optional<std::string> attribute(const xmlNode* node, std::string_view space, std::string_view name);
/// The text directly inside `node`, without white space.
std::string packed_text(const xmlNode* node);

/// Strict base64 (RFC 4648, 4) without white space; empty optional for anything else.
std::optional<bytes> from_base64(std::string_view text);

} // namespace muster::extraction::xml
