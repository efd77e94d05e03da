#include "messages/vocabulary/standing.hpp"

#include <array>

namespace muster {

namespace {

template <std::size_t N, class E>
constexpr std::string_view pick(const std::array<std::string_view, N>& names, E value) noexcept {
  const auto at = static_cast<std::size_t>(value);
  return at < N ? names[at] : std::string_view{"unknown"};
}

constexpr std::array<std::string_view, 7> display_names{"revoked", "pending", "untrusted", "stale",
                                                        "warning", "trusted", "unknown"};

} // namespace

int rank_of(verdict v) noexcept {
  switch (v) {
  case verdict::affirming: return 3;
  case verdict::warning: return 2;
  case verdict::none: return 1;
  case verdict::contraindicated: break;
  }
  return 0;
}

std::string_view to_string(verdict v) noexcept {
  return pick(std::array<std::string_view, 4>{"none", "affirming", "warning", "contraindicated"}, v);
}
std::string_view to_string(freshness f) noexcept {
  return pick(std::array<std::string_view, 2>{"stale", "fresh"}, f);
}
std::string_view to_string(standing s) noexcept {
  return pick(std::array<std::string_view, 3>{"pending", "enrolled", "revoked"}, s);
}
std::string_view to_string(endorsement e) noexcept {
  return pick(std::array<std::string_view, 5>{"none", "operator", "token", "vendor", "inventory"}, e);
}
std::string_view to_string(display d) noexcept { return pick(display_names, d); }

std::optional<display> display_from(std::string_view name) noexcept {
  for (std::size_t i = 0; i < display_names.size(); ++i)
    if (display_names[i] == name) return static_cast<display>(i);
  return std::nullopt;
}

} // namespace muster
