// A JSON document as a tree that keeps everything a strict reader has to refuse.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace muster::detail {

struct json_value;
struct json_member;
struct json_null {};
/// A number with a fraction or an exponent, or too large for 64 bits; none of our fields takes one.
struct json_real {};
using json_array = std::vector<json_value>;
using json_object = std::vector<json_member>; ///< in the order of the document

struct json_value {
  std::variant<json_null, bool, std::int64_t, std::uint64_t, json_real, std::string, json_array, json_object>
      is;
};

struct json_member {
  std::string key;
  json_value value;
};

/// Parses one document. Errors: `malformed` (also for a duplicate key of an object), `limit` (nesting).
/// Uses at most about 100 times the document's size in memory.
result<json_value> parse_json_tree(std::string_view document, int nesting);

} // namespace muster::detail
