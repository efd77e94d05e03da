// Characters whose appearance misleads a reader.
#pragma once

#include <array>
#include <string_view>

namespace muster {

/// Whether the character would mislead a person who reads a text, so that its number is shown instead:
/// controls, characters that change the direction of text, characters without width or appearance of their
/// own, blanks outside ASCII, and code points that are not characters.
bool is_unseen(char32_t c) noexcept;

/// The code point of one well-formed UTF-8 character; `text` is exactly that character, 1 to 4 bytes.
constexpr char32_t character_of(std::string_view text) noexcept {
  constexpr std::array<unsigned, 5> lead_bits{0, 0x7f, 0x1f, 0x0f, 0x07};
  if (text.empty() || text.size() > 4) return 0;
  char32_t out = static_cast<unsigned char>(text[0]) & lead_bits[text.size()];
  for (const char c : text.substr(1))
    out = out << 6U | (static_cast<unsigned char>(c) & 0x3fU);
  return out;
}

} // namespace muster
