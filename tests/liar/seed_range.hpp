// The range of seeds that a search tries.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace muster::liar {

struct seed_range {
  std::uint64_t from = 0;
  std::uint64_t to = 0; ///< included
};

/// Parses "A..B"; empty if it is not a range.
inline std::optional<seed_range> seed_range_of(std::string_view text) {
  seed_range out;
  const auto* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, out.from);
  if (first.ec != std::errc{} || end - first.ptr < 3 || std::string_view{first.ptr, 2} != "..") return {};
  const auto second = std::from_chars(first.ptr + 2, end, out.to);
  if (second.ec != std::errc{} || second.ptr != end || out.to < out.from) return {};
  return out;
}

} // namespace muster::liar
