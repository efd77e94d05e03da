// A YAML file as a tree that remembers its lines. Everything that makes YAML surprising is refused.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace muster::settings {

inline constexpr std::size_t max_document_bytes = 1'048'576;
inline constexpr std::size_t max_depth = 16;
inline constexpr std::size_t max_entries = 65'536;

/// The content of one place in the file. Nothing is interpreted yet: `010`, `yes` and `1.0` are text.
struct entry {
  enum class shape : std::uint8_t { nothing, text, list, mapping };
  enum class quoting : std::uint8_t { plain, quoted };

  shape is = shape::nothing;
  quoting quotes = quoting::plain; ///< of `text`
  unsigned line = 0;               ///< from 1; of the key where there is one, else of the value
  std::string key;                 ///< empty in a list and at the root
  std::string text;
  std::vector<entry> children; ///< of a list or mapping, in the order of the file
};

/// Reads exactly one YAML 1.2 document. `file` is the name that faults begin with.
///
/// Refused, with "file:line: key.path: sentence": more than `max_document_bytes`; bytes that are not UTF-8, a
/// byte-order mark, or NUL; no document or more than one; anchors, aliases, tags; a key that is not plain or
/// quoted text; a key that occurs twice in its mapping; nesting over `max_depth`; more than `max_entries`
/// values; quotes that are not closed on their line; and anything that yaml-cpp cannot read. An empty file
/// and a file with only comments have "no document". fault malformed; limit: only for the size in bytes.
result<entry> parse_document(std::string_view file, std::string_view text);

} // namespace muster::settings
