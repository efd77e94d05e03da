// Reads all of a message by reflection, as a caller's getters would.
// The check of `parse_view` is compared with it.
#pragma once

#include <capnp/dynamic.h>

namespace muster::samples {

void read_everything(const capnp::DynamicValue::Reader& value);

inline void read_everything(capnp::DynamicStruct::Reader value) {
  const auto fields = value.getSchema().getNonUnionFields();
  for (const auto field : fields)
    read_everything(value.get(field));
  KJ_IF_MAYBE (set, value.which()) read_everything(value.get(*set));
}

// NOLINTNEXTLINE: recursion follows the schema, which is finite and not recursive.
inline void read_everything(const capnp::DynamicValue::Reader& value) {
  if (value.getType() == capnp::DynamicValue::STRUCT)
    read_everything(value.as<capnp::DynamicStruct>());
  else if (value.getType() == capnp::DynamicValue::LIST)
    for (const auto element : value.as<capnp::DynamicList>())
      read_everything(element);
}

} // namespace muster::samples
