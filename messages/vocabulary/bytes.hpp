// Byte strings: owned, viewed, as hex, and printed.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace muster {

using bytes = std::vector<std::uint8_t>;
using byte_view = std::span<const std::uint8_t>;
using mutable_bytes = std::span<std::uint8_t>;

/// 32 bytes: a SHA-256 digest, a nonce, a TLS exporter. The name of the field says which.
using bytes32 = std::array<std::uint8_t, 32>;

/// The bytes of a text, without a terminating NUL.
inline byte_view as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Bytes read as text, unchecked. Use `printable` before showing them.
inline std::string_view as_text(byte_view input) noexcept {
  return {reinterpret_cast<const char*>(input.data()), input.size()};
}

inline bytes to_bytes(byte_view input) { return {input.begin(), input.end()}; }

inline void append(bytes& out, byte_view more) { out.insert(out.end(), more.begin(), more.end()); }

/// Equality for public values. Use `crypto::equal_constant_time` for secrets and nonces.
inline bool same(byte_view a, byte_view b) noexcept { return std::ranges::equal(a, b); }

/// Lower-case hex.
std::string to_hex(byte_view input);

/// Hex of either case; empty optional for an odd length or any other character.
std::optional<bytes> from_hex(std::string_view hex);

/// As `from_hex`, for exactly 32 bytes.
std::optional<bytes32> bytes32_from_hex(std::string_view hex);

/// Whether no byte is set; also for no bytes.
bool all_zero(byte_view input) noexcept;

/// Foreign text made safe for a terminal or a log line. Each byte of an unseen character (unseen_text.hpp)
/// and of invalid UTF-8 becomes `\xNN`. A text of more than `limit` bytes is cut there and ends in "...".
std::string printable(std::string_view text, std::size_t limit = 4096);

} // namespace muster
