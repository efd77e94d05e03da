// Reads JSON, strictly, into a message of a schema: the inverse of `to_json`.
#pragma once

#include "messages/build.hpp"

#include <capnp/dynamic.h>

#include <span>
#include <string_view>

namespace muster {

/// What to do with a key that the schema does not have.
enum class unknown_fields : std::uint8_t {
  refuse, ///< for requests: a misspelt field must not pass for an absent one
  ignore  ///< for answers: a newer service may send more fields
};

struct json_limits {
  std::size_t bytes = 65536; ///< of the whole document
  int nesting = 16;          ///< of objects and arrays
  unknown_fields unknown = unknown_fields::refuse;
  std::span<const std::string_view> required{}; ///< keys that the outermost object must have
};

/// For programs that read the service's answers.
constexpr json_limits answer_limits{std::size_t{64} << 20U, 16, unknown_fields::ignore, {}};

namespace detail {
status read_json(std::string_view document, capnp::DynamicStruct::Builder out, const json_limits& limits);
}

/// Reads one JSON object (RFC 8259, UTF-8, no byte order mark) into a message with root `T`. Keys are
/// lower_snake_case. Integers of 64 bits may also be strings of digits, as `to_json` writes them. Besides
/// invalid JSON, it refuses: duplicate keys, unknown keys (see `unknown_fields`), values whose type is not
/// the field's, null for anything but a struct or Void, numbers that have a fraction or an exponent or do not
/// fit, hex of odd length or with other characters, names that the enum does not have, two members of a
/// union, missing required fields, NUL in text, deep nesting, and anything after the object. Errors: `limit`
/// for size and nesting, else `malformed`; the fault names the field ("group: not a text"). Never throws.
template <class T> result<view<T>> from_json(std::string_view document, const json_limits& limits = {}) {
  capnp::MallocMessageBuilder message{256};
  if (const auto read = detail::read_json(document, message.initRoot<T>(), limits); !read)
    return read.fault();
  view_limits own;
  own.bytes = std::size_t{256} << 20U; // for our own encoding of a document that was within its limits
  return parse_view<T>(frame::adopt(detail::flatten(message)), own);
}

} // namespace muster
