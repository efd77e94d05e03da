// How much is logged.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace muster::settings {

/// log.level. There is no "off": errors are always logged.
enum class log_level : std::uint8_t { error, warning, info, debug };

std::string_view to_string(log_level level) noexcept;
std::optional<log_level> log_level_from(std::string_view name) noexcept;

} // namespace muster::settings
