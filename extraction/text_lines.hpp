// Lines of a text, for the parsers of this folder.
#pragma once

#include <algorithm>
#include <string_view>

namespace muster::extraction {

/// Calls `each(line, number)` for every line, without its end, from 1, until it answers false. The last line
/// may lack its end. False if one did.
template <class Each> bool for_each_line(std::string_view text, Each&& each) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    if (!each(text.substr(0, end), number)) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

} // namespace muster::extraction
