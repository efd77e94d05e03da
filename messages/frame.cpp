#include "messages/frame.hpp"

namespace muster {

frame frame::adopt(bytes content) {
  // Memory from operator new is aligned for any scalar, and so for a Cap'n Proto word.
  static_assert(__STDCPP_DEFAULT_NEW_ALIGNMENT__ >= 8);
  auto owner = std::make_shared<const bytes>(std::move(content));
  const byte_view all{*owner};
  return {std::move(owner), all};
}

frame frame::copy_of(byte_view content) { return adopt(to_bytes(content)); }

frame frame::inner(byte_view part) const {
  const auto begin = reinterpret_cast<std::uintptr_t>(content_.data());
  const auto at = reinterpret_cast<std::uintptr_t>(part.data());
  const bool inside =
      at >= begin && at - begin <= content_.size() && part.size() <= content_.size() - (at - begin);
  if (!inside || at % 8 != 0) return copy_of(part);
  return {owner_, part};
}

} // namespace muster
