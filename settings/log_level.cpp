#include "settings/log_level.hpp"

#include <array>

namespace muster::settings {
namespace {

constexpr std::array<std::string_view, 4> names{"error", "warning", "info", "debug"};

} // namespace

std::string_view to_string(log_level level) noexcept {
  const auto at = static_cast<std::size_t>(level);
  return at < names.size() ? names[at] : "unknown";
}

std::optional<log_level> log_level_from(std::string_view name) noexcept {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return static_cast<log_level>(i);
  return std::nullopt;
}

} // namespace muster::settings
