#include "messages/vocabulary/unseen_text.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace muster {

namespace {

struct range {
  char32_t first;
  char32_t last;
};

// Unicode 15: the general categories Cc, Cf, Zl, Zp, Zs (without the space itself) and Co; the other
// characters with Default_Ignorable_Code_Point; fillers and the empty Braille pattern. Sorted.
constexpr std::array<range, 36> unseen{{
    {0x0000, 0x001f},      // controls
    {0x007f, 0x00a0},      // controls, no-break space
    {0x00ad, 0x00ad},      // soft hyphen
    {0x034f, 0x034f},      // combining grapheme joiner
    {0x0600, 0x0605},      // Arabic number signs
    {0x061c, 0x061c},      // Arabic letter mark
    {0x06dd, 0x06dd},      // end of ayah
    {0x070f, 0x070f},      // Syriac abbreviation mark
    {0x0890, 0x0891},      // Arabic marks
    {0x08e2, 0x08e2},      // disputed end of ayah
    {0x115f, 0x1160},      // Hangul fillers
    {0x1680, 0x1680},      // Ogham space
    {0x17b4, 0x17b5},      // Khmer inherent vowels
    {0x180b, 0x180f},      // Mongolian selectors
    {0x2000, 0x200f},      // spaces, zero width, marks of direction
    {0x2028, 0x202f},      // separators, embeddings, overrides
    {0x205f, 0x206f},      // space, joiners, isolates
    {0x2800, 0x2800},      // empty Braille pattern
    {0x3000, 0x3000},      // ideographic space
    {0x3164, 0x3164},      // Hangul filler
    {0xd800, 0xdfff},      // surrogates
    {0xe000, 0xf8ff},      // private use
    {0xfe00, 0xfe0f},      // variation selectors
    {0xfeff, 0xfeff},      // zero width no-break space
    {0xffa0, 0xffa0},      // halfwidth Hangul filler
    {0xfff0, 0xfffb},      // annotations
    {0xfffe, 0xffff},      // no characters
    {0x110bd, 0x110bd},    // Kaithi number sign
    {0x110cd, 0x110cd},    // Kaithi number sign above
    {0x13430, 0x1343f},    // hieroglyph format controls
    {0x1bca0, 0x1bca3},    // shorthand format controls
    {0x1d173, 0x1d17a},    // musical format controls
    {0x1fffe, 0x1ffff},    // no characters
    {0xe0000, 0xe0fff},    // tags, more variation selectors
    {0xf0000, 0x10ffff},   // private use
    {0x110000, 0xffffffff} // beyond Unicode
}};

static_assert(std::ranges::is_sorted(unseen, {}, &range::first));

} // namespace

bool is_unseen(char32_t c) noexcept {
  const auto behind = std::ranges::upper_bound(unseen, c, {}, &range::first);
  return behind != unseen.begin() && c <= std::prev(behind)->last;
}

} // namespace muster
