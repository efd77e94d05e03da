// Versions as firmware states them.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace muster::appraisal {

/// Whether `text` is one to eight decimal numbers of at most nine digits each, with single points between
/// them: "1.14.0".
bool is_version(std::string_view text) noexcept;

/// Compares number by number; numbers missing at the end count as 0. Empty if one of the two is not a
/// version: a vendor's own naming does not say which is newer.
std::optional<std::strong_ordering> compare_versions(std::string_view a, std::string_view b) noexcept;

} // namespace muster::appraisal
