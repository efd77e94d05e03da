// Writes messages as JSON, along their schema.
#pragma once

#include <capnp/dynamic.h>
#include <capnp/message.h>

#include <concepts>
#include <string>
#include <string_view>
#include <utility>

namespace muster {

/// `value` as one line of JSON (RFC 8259), with members in the order of the schema. Rules:
///   - keys: the schema's camelCase names as lower_snake_case
///   - Text: a string; control characters and each byte that is not UTF-8 are escaped (the latter as \ufffd)
///   - Data: a string of lower-case hex
///   - integers: numbers; from 2^53 on (either sign) strings of digits, because readers that hold numbers as
///     doubles would change them
///   - Bool: true or false; Void: null; floating point: a number, null if not finite
///   - enums: the name as lower_snake_case; a value that this version does not know is a number
///   - lists: arrays, [] for an absent list; an absent struct: null
///   - unions: only the member that is set
/// Reads all of `value`, which must therefore come from a `view` or a builder. Names of the schema are
/// written without escaping.
std::string to_json(capnp::DynamicStruct::Reader value);

template <class Reader>
requires requires { typename Reader::Reads; }
std::string to_json(const Reader& value) { return to_json(capnp::DynamicStruct::Reader{value}); }

/// The JSON of a `T` that `body(T::Builder)` fills in.
template <class T, std::invocable<typename T::Builder> Body> std::string build_json(Body&& body) {
  capnp::MallocMessageBuilder message{512};
  std::forward<Body>(body)(message.initRoot<T>());
  return to_json(message.getRoot<T>().asReader());
}

/// Whether `key` is `camel` in lower_snake_case, as "valid_until" is "validUntil": each capital becomes '_'
/// and the small letter.
bool is_snake_case_of(std::string_view camel, std::string_view key) noexcept;

/// `text` as a JSON string, with its quotes.
void append_json_string(std::string& out, std::string_view text);

} // namespace muster
