#include "appraisal/policy/version_text.hpp"

#include <array>
#include <cstdint>

namespace muster::appraisal {

namespace {

constexpr std::size_t max_numbers = 8;
constexpr unsigned max_digits = 9;

using version_numbers = std::array<std::uint32_t, max_numbers>;

std::optional<version_numbers> numbers_of(std::string_view text) noexcept {
  version_numbers out{};
  std::size_t at = 0;
  unsigned digits = 0;
  for (const char c : text) {
    if (c == '.') {
      if (digits == 0 || ++at == max_numbers) return std::nullopt;
      digits = 0;
    } else if (c >= '0' && c <= '9' && digits < max_digits) {
      out[at] = out[at] * 10 + static_cast<std::uint32_t>(c - '0');
      ++digits;
    } else {
      return std::nullopt;
    }
  }
  if (digits == 0) return std::nullopt;
  return out;
}

} // namespace

bool is_version(std::string_view text) noexcept { return numbers_of(text).has_value(); }

std::optional<std::strong_ordering> compare_versions(std::string_view a, std::string_view b) noexcept {
  const auto left = numbers_of(a);
  const auto right = numbers_of(b);
  if (!left || !right) return std::nullopt;
  return *left <=> *right;
}

} // namespace muster::appraisal
