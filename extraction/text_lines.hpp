// Lines of a text, for the parsers of this folder.
#pragma once

#include <algorithm>
#include <string_view>

namespace muster::extraction {

/// Calls `each(line, number)` for every line, until a call returns false. `line` is without its newline,
/// which the last line may lack; `number` starts at 1. Returns false if a call did.
template <class Each> bool for_each_line(std::string_view text, Each&& each) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    if (!each(text.substr(0, end), number)) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

} // namespace muster::extraction
