// Versions as firmware states them.
#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace muster::appraisal {

/// Whether it is one to eight decimal numbers of at most nine digits with single points between them:
/// "1.14.0".
bool is_version(std::string_view text) noexcept;

/// Number by number; what is missing at the end counts as 0. Empty if one of them is no version: a vendor's
/// own way of naming says nothing about which came later.
std::optional<std::strong_ordering> compare_versions(std::string_view a, std::string_view b) noexcept;

} // namespace muster::appraisal
