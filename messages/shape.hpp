// The pointers that a message of one schema may hold: those that the check of a message has to touch.
#pragma once

#include <capnp/schema.h>

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

namespace muster::detail {

/// The pointers of one struct, by position. A walk by position is several times faster than one by reflection
/// and touches the same pointers; the tests compare the two.
struct pointer_plan {
  enum class kind : std::uint8_t { text, bytes, one, list, texts, byte_strings, scalars, group };
  static constexpr std::uint16_t always = 0xffff;

  struct slot {
    kind what;
    std::uint16_t discriminant;           ///< of the union member that the slot belongs to, or `always`
    std::uint32_t position;               ///< in the pointer section
    capnp::schema::Type::Which element{}; ///< of `scalars`
    const pointer_plan* inner = nullptr;  ///< of `one`, `list`, `group`
  };

  std::vector<slot> slots;
  std::uint32_t discriminant_position = 0; ///< in 16-bit units of the data section
};

/// The plans of a root struct and of all structs below it.
class shape {
public:
  /// `root` must not hold lists of lists, interfaces, AnyPointer or pointers with defaults. Otherwise the
  /// shape is not `complete`, and no message passes its check.
  explicit shape(capnp::StructSchema root) : root_{&plan_of(root)} {}
  shape(const shape&) = delete;
  shape& operator=(const shape&) = delete;

  const pointer_plan& root() const noexcept { return *root_; }
  bool complete() const noexcept { return complete_; }

private:
  const pointer_plan& plan_of(capnp::StructSchema schema);
  void add_field(pointer_plan& plan, capnp::StructSchema::Field field);
  bool add_list(pointer_plan::slot& slot, capnp::Type element);

  std::map<std::uint64_t, std::unique_ptr<pointer_plan>> plans_;
  bool complete_ = true;
  const pointer_plan* root_;
};

} // namespace muster::detail
