// Characters that people do not see as what they are.
#pragma once

#include <array>
#include <string_view>

namespace muster {

/// Whether a person who reads a text is misled by the character, and so is shown its number instead:
/// controls; what turns the direction of text around it; what has no width, or no look of its own; blanks
/// that are none of ASCII; what stands for nothing.
bool is_unseen(char32_t c) noexcept;

/// The number of a well-formed character of UTF-8; `text` is that character, 1 to 4 bytes.
constexpr char32_t character_of(std::string_view text) noexcept {
  constexpr std::array<unsigned, 5> lead_bits{0, 0x7f, 0x1f, 0x0f, 0x07};
  if (text.empty() || text.size() > 4) return 0;
  char32_t out = static_cast<unsigned char>(text[0]) & lead_bits[text.size()];
  for (const char c : text.substr(1))
    out = out << 6U | (static_cast<unsigned char>(c) & 0x3fU);
  return out;
}

} // namespace muster
