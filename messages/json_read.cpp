#include "messages/json_read.hpp"

#include "messages/json_tree.hpp"
#include "messages/json_write.hpp"

#include <kj/exception.h>

#include <charconv>
#include <limits>
#include <optional>

namespace muster::detail {
namespace {

using type = capnp::schema::Type;

fault malformed(std::string field, std::string_view why) {
  return {errc::malformed, std::move(field) + ": " + std::string{why}};
}

/// A whole number of either sign that may fit a 64-bit field.
struct whole {
  bool negative = false;
  std::uint64_t magnitude = 0; // the absolute value
};

/// Digits without plus sign, space or leading zero, as `to_json` writes integers that doubles cannot hold.
std::optional<whole> whole_from(std::string_view digits) {
  whole out;
  if (digits.starts_with('-')) {
    out.negative = true;
    digits.remove_prefix(1);
  }
  if (digits.empty() || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out.magnitude);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return out;
}

std::optional<whole> whole_from(const json_value& value, bool digits_too) {
  if (const auto* n = std::get_if<std::uint64_t>(&value.is)) return whole{false, *n};
  if (const auto* n = std::get_if<std::int64_t>(&value.is)) {
    // Negates in unsigned arithmetic because the smallest number has no positive counterpart.
    return *n < 0 ? whole{true, std::uint64_t{0} - static_cast<std::uint64_t>(*n)}
                  : whole{false, static_cast<std::uint64_t>(*n)};
  }
  const auto* text = std::get_if<std::string>(&value.is);
  return text && digits_too ? whole_from(std::string_view{*text}) : std::nullopt;
}

template <class Integer> std::optional<Integer> integer_from(const json_value& value) {
  const auto n = whole_from(value, sizeof(Integer) == 8);
  if (!n) return std::nullopt;
  using limits = std::numeric_limits<Integer>;
  const auto largest = static_cast<std::uint64_t>(limits::max());
  if (!n->negative)
    return n->magnitude <= largest ? std::optional{static_cast<Integer>(n->magnitude)} : std::nullopt;
  if (n->magnitude == 0) return Integer{0};
  if (!limits::is_signed || n->magnitude > largest + 1) return std::nullopt;
  return static_cast<Integer>(std::uint64_t{0} - n->magnitude);
}

/// The place that a value is written to: a field of a struct, or an element of a list.
class place {
public:
  place(capnp::DynamicStruct::Builder parent, capnp::StructSchema::Field field)
      : parent_{parent}, field_{field}, kind_{field.getType()} {}
  place(capnp::DynamicList::Builder list, unsigned index)
      : list_{list}, index_{index}, kind_{list.getSchema().getElementType()} {}

  capnp::Type kind() const { return kind_; }
  bool is_group() const { return field_ && field_->getProto().isGroup(); }

  void set(const capnp::DynamicValue::Reader& value) {
    if (parent_)
      parent_->set(*field_, value);
    else
      list_->set(index_, value);
  }
  capnp::DynamicStruct::Builder init_struct() {
    return parent_ ? parent_->init(*field_).as<capnp::DynamicStruct>()
                   : (*list_)[index_].as<capnp::DynamicStruct>();
  }
  capnp::DynamicList::Builder init_list(unsigned size) {
    return (parent_ ? parent_->init(*field_, size) : list_->init(index_, size)).as<capnp::DynamicList>();
  }

private:
  std::optional<capnp::DynamicStruct::Builder> parent_;
  std::optional<capnp::StructSchema::Field> field_;
  std::optional<capnp::DynamicList::Builder> list_;
  unsigned index_ = 0;
  capnp::Type kind_;
};

class filler {
public:
  explicit filler(unknown_fields unknown) : unknown_{unknown} {}

  status fill(capnp::DynamicStruct::Builder out, const json_value& value, const std::string& path) {
    const auto* object = std::get_if<json_object>(&value.is);
    if (!object) return malformed(path, "not an object");
    bool union_set = false;
    for (const auto& [key, member] : *object) {
      auto name = path.empty() ? printable(key, 64) : path + "." + printable(key, 64);
      const auto field = find(out.getSchema(), key);
      if (!field && unknown_ == unknown_fields::ignore) continue;
      if (!field) return malformed(std::move(name), "unknown field");
      const bool alternative =
          field->getProto().getDiscriminantValue() != capnp::schema::Field::NO_DISCRIMINANT;
      if (alternative && std::exchange(union_set, true))
        return malformed(std::move(name), "a second alternative");
      if (auto put = store(place{out, *field}, member, name); !put) return put;
    }
    return {};
  }

private:
  static std::optional<capnp::StructSchema::Field> find(capnp::StructSchema schema, std::string_view key) {
    for (const auto field : schema.getFields())
      if (is_snake_case_of(text_of(field.getProto().getName()), key)) return field;
    return std::nullopt;
  }

  status store(place at, const json_value& value, const std::string& name) {
    switch (at.kind().which()) {
    case type::VOID:
      if (!std::holds_alternative<json_null>(value.is)) return malformed(name, "not null");
      at.set(capnp::VOID);
      return {};
    case type::BOOL:
      if (!std::holds_alternative<bool>(value.is)) return malformed(name, "neither true nor false");
      at.set(std::get<bool>(value.is));
      return {};
    case type::INT8: return integer<std::int8_t>(at, value, name);
    case type::INT16: return integer<std::int16_t>(at, value, name);
    case type::INT32: return integer<std::int32_t>(at, value, name);
    case type::INT64: return integer<std::int64_t>(at, value, name);
    case type::UINT8: return integer<std::uint8_t>(at, value, name);
    case type::UINT16: return integer<std::uint16_t>(at, value, name);
    case type::UINT32: return integer<std::uint32_t>(at, value, name);
    case type::UINT64: return integer<std::uint64_t>(at, value, name);
    case type::TEXT: return text(at, value, name);
    case type::DATA: return hex(at, value, name);
    case type::ENUM: return enumerant(at, value, name);
    case type::STRUCT: return structure(at, value, name);
    case type::LIST: return list(at, value, name);
    default: return malformed(name, "of a type that JSON cannot carry here");
    }
  }

  template <class Integer> static status integer(place at, const json_value& value, const std::string& name) {
    const auto n = integer_from<Integer>(value);
    if (!n) return malformed(name, "not a whole number in range");
    at.set(*n);
    return {};
  }

  static status text(place at, const json_value& value, const std::string& name) {
    const auto* found = std::get_if<std::string>(&value.is);
    if (!found) return malformed(name, "not a text");
    if (found->find('\0') != std::string::npos) return malformed(name, "NUL in a text");
    at.set(text_of(*found));
    return {};
  }

  static status hex(place at, const json_value& value, const std::string& name) {
    const auto* found = std::get_if<std::string>(&value.is);
    const auto content = found ? from_hex(*found) : std::nullopt;
    if (!content) return malformed(name, "not hex");
    at.set(data_of(*content));
    return {};
  }

  static status enumerant(place at, const json_value& value, const std::string& name) {
    const auto* found = std::get_if<std::string>(&value.is);
    if (!found) return malformed(name, "not a text");
    for (const auto known : at.kind().asEnum().getEnumerants()) {
      if (!is_snake_case_of(text_of(known.getProto().getName()), *found)) continue;
      at.set(capnp::DynamicEnum{known});
      return {};
    }
    return malformed(name, "not one of the known words");
  }

  status structure(place at, const json_value& value, const std::string& name) {
    if (std::holds_alternative<json_null>(value.is) && !at.is_group()) return {};
    if (!std::holds_alternative<json_object>(value.is)) return malformed(name, "not an object");
    return fill(at.init_struct(), value, name);
  }

  status list(place at, const json_value& value, const std::string& name) {
    const auto* elements = std::get_if<json_array>(&value.is);
    if (!elements) return malformed(name, "not an array");
    // The size is that of the parsed array, never a number from the document.
    const auto out = at.init_list(static_cast<unsigned>(elements->size()));
    for (unsigned i = 0; i < elements->size(); ++i)
      if (auto put = store(place{out, i}, (*elements)[i], name + "[" + std::to_string(i) + "]"); !put)
        return put;
    return {};
  }

  unknown_fields unknown_;
};

status check_required(const json_value& value, std::span<const std::string_view> required) {
  const auto& object = std::get<json_object>(value.is);
  for (const auto key : required) {
    const auto is_key = [&](const json_member& member) { return member.key == key; };
    if (std::none_of(object.begin(), object.end(), is_key)) return malformed(std::string{key}, "missing");
  }
  return {};
}

} // namespace

status read_json(std::string_view document, capnp::DynamicStruct::Builder out, const json_limits& limits) {
  if (document.size() > limits.bytes) return fault{errc::limit, "json: too long"};
  const auto tree = parse_json_tree(document, limits.nesting);
  if (!tree) return tree.fault();
  if (!std::holds_alternative<json_object>(tree->is)) return fault{errc::malformed, "json: not an object"};
  if (auto present = check_required(*tree, limits.required); !present) return present;
  try {
    return filler{limits.unknown}.fill(out, *tree, {});
  } catch (const kj::Exception&) {
    return fault{errc::limit, "json: more than a message holds"};
  }
}

} // namespace muster::detail
