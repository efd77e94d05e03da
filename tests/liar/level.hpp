// How good a node is shown: the order that the liar's property is about.
#pragma once

#include "messages/vocabulary/standing.hpp"

#include <string_view>

namespace muster::liar {

/// trusted > warning > stale = unknown > untrusted
enum class level : std::uint8_t { untrusted = 0, unknown = 1, warning = 2, trusted = 3 };

constexpr level level_of(display shown) noexcept {
  switch (shown) {
  case display::trusted: return level::trusted;
  case display::warning: return level::warning;
  case display::untrusted:
  case display::revoked: return level::untrusted;
  case display::stale:
  case display::pending:
  case display::unknown: break;
  }
  return level::unknown;
}

constexpr std::string_view to_string(level of) noexcept {
  constexpr std::string_view words[] = {"untrusted", "unknown", "warning", "trusted"};
  return words[static_cast<std::size_t>(of)];
}

} // namespace muster::liar
