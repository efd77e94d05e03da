#include "messages/shape.hpp"

namespace muster::detail {

using type = capnp::schema::Type;

const pointer_plan& shape::plan_of(capnp::StructSchema schema) {
  auto& known = plans_[schema.getProto().getId()];
  if (known) return *known; // also ends the recursion of a schema that contains itself
  known = std::make_unique<pointer_plan>();
  auto& plan = *known;
  plan.discriminant_position = schema.getProto().getStruct().getDiscriminantOffset();
  for (const auto field : schema.getFields())
    add_field(plan, field);
  return plan;
}

void shape::add_field(pointer_plan& plan, capnp::StructSchema::Field field) {
  const auto proto = field.getProto();
  pointer_plan::slot slot{pointer_plan::kind::text, proto.getDiscriminantValue(), 0};
  if (proto.isGroup()) {
    slot.what = pointer_plan::kind::group;
    slot.inner = &plan_of(field.getType().asStruct());
    plan.slots.push_back(slot);
    return;
  }
  slot.position = proto.getSlot().getOffset();
  const auto kind = field.getType();
  switch (kind.which()) {
  case type::TEXT: slot.what = pointer_plan::kind::text; break;
  case type::DATA: slot.what = pointer_plan::kind::bytes; break;
  case type::STRUCT:
    slot.what = pointer_plan::kind::one;
    slot.inner = &plan_of(kind.asStruct());
    break;
  case type::LIST:
    if (!add_list(slot, kind.asList().getElementType())) complete_ = false;
    break;
  case type::INTERFACE:
  case type::ANY_POINTER: complete_ = false; return;
  default: return; // scalars are in the data section, where any bits are a value
  }
  if (proto.getSlot().getHadExplicitDefault()) complete_ = false;
  plan.slots.push_back(slot);
}

bool shape::add_list(pointer_plan::slot& slot, capnp::Type element) {
  switch (element.which()) {
  case type::TEXT: slot.what = pointer_plan::kind::texts; return true;
  case type::DATA: slot.what = pointer_plan::kind::byte_strings; return true;
  case type::STRUCT:
    slot.what = pointer_plan::kind::list;
    slot.inner = &plan_of(element.asStruct());
    return true;
  case type::LIST:
  case type::INTERFACE:
  case type::ANY_POINTER: return false;
  default:
    slot.what = pointer_plan::kind::scalars;
    slot.element = element.which();
    return true;
  }
}

} // namespace muster::detail
