#include "messages/view.hpp"

#include "messages/plain_text.hpp"
#include "messages/vocabulary/cursor.hpp"

#include <capnp/any.h>
#include <capnp/schema.capnp.h>
#include <kj/exception.h>

namespace muster::detail {
namespace {

using kind = pointer_plan::kind;
using type = capnp::schema::Type;

// A list of structs has the same encoding whatever the struct, so any generated type will do here.
using struct_list = capnp::List<capnp::schema::Node>;

/// Thrown and caught inside this file only, like the library's exceptions.
struct bad_text {};

void touch(capnp::Text::Reader text) {
  if (!is_plain_text(text_of(text))) throw bad_text{};
}

void touch_scalars(capnp::AnyPointer::Reader pointer, type::Which element) {
  switch (element) {
  case type::VOID: (void)pointer.getAs<capnp::List<capnp::Void>>(); return;
  case type::BOOL: (void)pointer.getAs<capnp::List<bool>>(); return;
  case type::INT8:
  case type::UINT8: (void)pointer.getAs<capnp::List<std::uint8_t>>(); return;
  case type::INT16:
  case type::UINT16:
  case type::ENUM: (void)pointer.getAs<capnp::List<std::uint16_t>>(); return;
  case type::INT32:
  case type::UINT32:
  case type::FLOAT32: (void)pointer.getAs<capnp::List<std::uint32_t>>(); return;
  default: (void)pointer.getAs<capnp::List<std::uint64_t>>(); return;
  }
}

void walk(capnp::AnyStruct::Reader node, const pointer_plan& plan);

void touch(capnp::AnyPointer::Reader pointer, const pointer_plan::slot& slot) {
  switch (slot.what) {
  case kind::text: touch(pointer.getAs<capnp::Text>()); return;
  case kind::bytes: (void)pointer.getAs<capnp::Data>(); return;
  case kind::one: walk(pointer.getAs<capnp::AnyStruct>(), *slot.inner); return;
  case kind::list: {
    const auto list = pointer.getAs<struct_list>();
    if (slot.inner->slots.empty()) return;
    for (const auto element : list)
      walk(capnp::AnyStruct::Reader{element}, *slot.inner);
    return;
  }
  case kind::texts:
    for (const auto text : pointer.getAs<capnp::List<capnp::Text>>())
      touch(text);
    return;
  case kind::byte_strings:
    for (const auto one : pointer.getAs<capnp::List<capnp::Data>>())
      (void)one;
    return;
  case kind::scalars: touch_scalars(pointer, slot.element); return;
  case kind::group: return;
  }
}

/// The union member that the message declares as set; 0 where an older message has no such field.
std::uint16_t discriminant(capnp::AnyStruct::Reader node, std::uint32_t position) {
  const auto section = node.getDataSection();
  const auto at = std::size_t{position} * 2;
  if (section.size() < at + 2) return 0;
  return static_cast<std::uint16_t>(section[at] | section[at + 1] << 8U);
}

// Recursion ends at the nesting limit of the reader, and at a null pointer, which has no pointers below it.
void walk(capnp::AnyStruct::Reader node, const pointer_plan& plan) {
  const auto pointers = node.getPointerSection();
  for (const auto& slot : plan.slots) {
    if (slot.discriminant != pointer_plan::always
        && slot.discriminant != discriminant(node, plan.discriminant_position))
      continue;
    if (slot.what == kind::group)
      walk(node, *slot.inner);
    else if (slot.position < pointers.size())
      touch(pointers[slot.position], slot);
  }
}

fault malformed(std::string why) { return {errc::malformed, "message: " + std::move(why)}; }

/// Cap'n Proto encoding, "Serialization Over a Stream": the number of segments less one, then the number of
/// words in the only segment.
status check_framing(byte_view message, const view_limits& limits) {
  if (message.size() > limits.bytes) return fault{errc::limit, "message: too long"};
  if (reinterpret_cast<std::uintptr_t>(message.data()) % 8 != 0) return malformed("not aligned");
  cursor in{message};
  const auto further_segments = in.u32_le();
  const auto words = in.u32_le();
  if (in.failed() || words == 0) return malformed("empty");
  if (further_segments != 0) return malformed("more than one segment");
  if (in.left() != std::size_t{words} * 8) return malformed("length differs from what it states");
  return {};
}

} // namespace

kj::ArrayPtr<const capnp::word> words_of(byte_view message) noexcept {
  return {reinterpret_cast<const capnp::word*>(message.data()), message.size() / 8};
}

status check_message(byte_view message, const shape& root, const view_limits& limits) {
  if (!root.complete()) return fault{errc::internal, "message: schema with pointers that are not checked"};
  if (auto framing = check_framing(message, limits); !framing) return framing;
  capnp::ReaderOptions options;
  options.traversalLimitInWords = std::uint64_t{limits.traversal} * (message.size() / 8);
  options.nestingLimit = limits.nesting;
  try {
    capnp::FlatArrayMessageReader reader{words_of(message), options};
    walk(reader.getRoot<capnp::AnyStruct>(), root.root());
    return {};
  } catch (const bad_text&) {
    return malformed("text is not UTF-8 without NUL");
  } catch (const kj::Exception& refused) {
    return malformed(printable(refused.getDescription().cStr(), 120));
  }
}

} // namespace muster::detail
