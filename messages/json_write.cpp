#include "messages/json_write.hpp"

#include "messages/build.hpp"
#include "messages/plain_text.hpp"
#include "messages/vocabulary/unseen_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace muster {
namespace {

using type = capnp::schema::Type;

constexpr std::uint64_t exact_in_double = std::uint64_t{1} << 53U;

template <class Number> void append_number(std::string& out, Number value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_unsigned(std::string& out, std::uint64_t value) {
  const bool quoted = value >= exact_in_double;
  if (quoted) out += '"';
  append_number(out, value);
  if (quoted) out += '"';
}

void append_signed(std::string& out, std::int64_t value) {
  if (value >= 0) return append_unsigned(out, static_cast<std::uint64_t>(value));
  const bool quoted = value <= -static_cast<std::int64_t>(exact_in_double);
  if (quoted) out += '"';
  append_number(out, value);
  if (quoted) out += '"';
}

void append_float(std::string& out, double value) {
  if (std::isfinite(value))
    append_number(out, value);
  else
    out += "null";
}

void append_snake_case(std::string& out, std::string_view camel) {
  for (const char c : camel) {
    if (c >= 'A' && c <= 'Z') {
      out += '_';
      out += static_cast<char>(c - 'A' + 'a');
    } else {
      out += c;
    }
  }
}

void append_enum(std::string& out, capnp::DynamicEnum value) {
  KJ_IF_MAYBE (known, value.getEnumerant()) {
    out += '"';
    append_snake_case(out, text_of(known->getProto().getName()));
    out += '"';
  } else {
    append_number(out, value.getRaw());
  }
}

void append_hex(std::string& out, byte_view content) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const auto byte : content) {
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  out += '"';
}

void append_struct(std::string& out, capnp::DynamicStruct::Reader value);

void append_value(std::string& out, const capnp::DynamicValue::Reader& value) {
  switch (value.getType()) {
  case capnp::DynamicValue::VOID: out += "null"; return;
  case capnp::DynamicValue::BOOL: out += value.as<bool>() ? "true" : "false"; return;
  case capnp::DynamicValue::INT: append_signed(out, value.as<std::int64_t>()); return;
  case capnp::DynamicValue::UINT: append_unsigned(out, value.as<std::uint64_t>()); return;
  case capnp::DynamicValue::FLOAT: append_float(out, value.as<double>()); return;
  case capnp::DynamicValue::TEXT: append_json_string(out, text_of(value.as<capnp::Text>())); return;
  case capnp::DynamicValue::DATA: append_hex(out, bytes_of(value.as<capnp::Data>())); return;
  case capnp::DynamicValue::ENUM: append_enum(out, value.as<capnp::DynamicEnum>()); return;
  case capnp::DynamicValue::STRUCT: append_struct(out, value.as<capnp::DynamicStruct>()); return;
  case capnp::DynamicValue::LIST: {
    out += '[';
    bool first = true;
    for (const auto element : value.as<capnp::DynamicList>()) {
      if (!first) out += ',';
      first = false;
      append_value(out, element);
    }
    out += ']';
    return;
  }
  default: out += "null"; return; // none of our schemas has capabilities or untyped pointers
  }
}

void append_field(std::string& out, capnp::DynamicStruct::Reader value, capnp::StructSchema::Field field) {
  if (out.back() != '{') out += ',';
  out += '"';
  append_snake_case(out, text_of(field.getProto().getName()));
  out += "\":";
  const bool absent = field.getType().isStruct() && !field.getProto().isGroup() && !value.has(field);
  if (absent)
    out += "null";
  else
    append_value(out, value.get(field));
}

void append_struct(std::string& out, capnp::DynamicStruct::Reader value) {
  out += '{';
  const auto schema = value.getSchema();
  const bool has_union = schema.getProto().getStruct().getDiscriminantCount() > 0;
  if (!has_union) {
    for (const auto field : schema.getFields())
      append_field(out, value, field);
  } else {
    for (const auto field : schema.getNonUnionFields())
      append_field(out, value, field);
    KJ_IF_MAYBE (set, value.which()) append_field(out, value, *set);
  }
  out += '}';
}

/// Escapes one UTF-16 code unit (RFC 8259, 7).
void append_unit(std::string& out, char32_t unit) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u";
  for (const unsigned shift : {12U, 8U, 4U, 0U})
    out += digits[unit >> shift & 15U];
}

void append_escaped(std::string& out, char c) {
  switch (c) {
  case '"': out += "\\\""; return;
  case '\\': out += "\\\\"; return;
  case '\n': out += "\\n"; return;
  case '\r': out += "\\r"; return;
  case '\t': out += "\\t"; return;
  default: append_unit(out, static_cast<unsigned char>(c));
  }
}

/// For a parser the same text; for a person who reads the JSON, no text that turns or hides what is there.
void append_character(std::string& out, std::string_view text) {
  const auto c = character_of(text);
  if (!is_unseen(c)) return void(out.append(text));
  if (c < 0x10000) return append_unit(out, c);
  append_unit(out, 0xd800 + ((c - 0x10000) >> 10U));
  append_unit(out, 0xdc00 + ((c - 0x10000) & 0x3ffU));
}

bool is_plain_ascii(char c) noexcept {
  const auto code = static_cast<unsigned char>(c);
  return code >= 0x20 && code < 0x7f && c != '"' && c != '\\';
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain_ascii(text[plain]))
      ++plain;
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto length = character_length(text);
    if (length > 1)
      append_character(out, text.substr(0, length));
    else if (length == 1)
      append_escaped(out, text.front());
    else
      out += "\\ufffd";
    text.remove_prefix(length > 1 ? length : 1);
  }
  out += '"';
}

bool is_snake_case_of(std::string_view camel, std::string_view key) noexcept {
  for (const char c : camel) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (capital && !key.starts_with('_')) return false;
    if (capital) key.remove_prefix(1);
    if (!key.starts_with(capital ? static_cast<char>(c - 'A' + 'a') : c)) return false;
    key.remove_prefix(1);
  }
  return key.empty();
}

std::string to_json(capnp::DynamicStruct::Reader value) {
  std::string out;
  out.reserve(512);
  append_struct(out, value);
  return out;
}

} // namespace muster
