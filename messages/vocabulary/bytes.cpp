#include "messages/vocabulary/bytes.hpp"

#include "messages/vocabulary/unseen_text.hpp"

namespace muster {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

int nibble(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_continuation(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// Length of the well-formed UTF-8 sequence at the front of `text` (RFC 3629: no overlong forms, no
/// surrogates, at most U+10FFFF); 0 if there is none, or if it is a C1 control (U+0080 to U+009F).
std::size_t utf8_length(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  const std::size_t n = lead >= 0xc2 && lead <= 0xdf   ? 2
                        : lead >= 0xe0 && lead <= 0xef ? 3
                        : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                       : 0;
  if (n == 0 || text.size() < n) return 0;
  for (std::size_t i = 1; i < n; ++i)
    if (!is_continuation(text[i])) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool outside = (lead == 0xed && second >= 0xa0) || (lead == 0xf4 && second >= 0x90);
  const bool c1_control = lead == 0xc2 && second < 0xa0;
  return overlong || outside || c1_control ? 0 : n;
}

/// A visible ASCII character or a space, complete in one byte.
bool is_plain_ascii(char c) noexcept { return c >= 0x20 && c < 0x7f; }

void put_escaped(std::string& out, char c) {
  const auto byte = static_cast<unsigned char>(c);
  out += "\\x";
  out += hex_digits[byte >> 4U];
  out += hex_digits[byte & 0xfU];
}

} // namespace

std::string to_hex(byte_view input) {
  std::string out;
  out.reserve(input.size() * 2);
  for (const auto byte : input) {
    out += hex_digits[byte >> 4U];
    out += hex_digits[byte & 0xfU];
  }
  return out;
}

std::optional<bytes> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  bytes out;
  out.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = nibble(hex[i]);
    const int low = nibble(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return out;
}

std::optional<bytes32> bytes32_from_hex(std::string_view hex) {
  const auto raw = from_hex(hex);
  bytes32 out{};
  if (!raw || raw->size() != out.size()) return std::nullopt;
  std::ranges::copy(*raw, out.begin());
  return out;
}

bool all_zero(byte_view input) noexcept {
  return std::ranges::all_of(input, [](std::uint8_t byte) { return byte == 0; });
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  const bool cut = text.size() > limit;
  if (cut) text = text.substr(0, limit);
  out.reserve(text.size() + (cut ? 3 : 0));
  while (!text.empty()) {
    // Copies a run at once: nearly all text is plain ASCII, and a machine may send long texts.
    const auto plain =
        static_cast<std::size_t>(std::ranges::find_if_not(text, is_plain_ascii) - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const std::size_t n = utf8_length(text);
    if (n != 0 && !is_unseen(character_of(text.substr(0, n))))
      out += text.substr(0, n);
    else
      for (const char c : text.substr(0, std::max<std::size_t>(n, 1)))
        put_escaped(out, c);
    text.remove_prefix(std::max<std::size_t>(n, 1));
  }
  if (cut) out += "...";
  return out;
}

} // namespace muster
