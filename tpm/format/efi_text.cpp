#include "tpm/format/efi_text.hpp"

#include "messages/vocabulary/cursor.hpp"

#include <array>
#include <utility>

namespace muster::tpm {
namespace {

constexpr char32_t replacement = 0xfffd;
// The place in memory of each byte of the text: the first three numbers are little-endian.
constexpr std::array<std::size_t, 16> guid_order = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0U | c >> 6U);
    put(0x80U | (c & 0x3fU));
  } else if (c < 0x10000) {
    put(0xe0U | c >> 12U);
    put(0x80U | (c >> 6U & 0x3fU));
    put(0x80U | (c & 0x3fU));
  } else {
    put(0xf0U | c >> 18U);
    put(0x80U | (c >> 12U & 0x3fU));
    put(0x80U | (c >> 6U & 0x3fU));
    put(0x80U | (c & 0x3fU));
  }
}

bool leads(char32_t unit) noexcept { return unit >= 0xd800 && unit < 0xdc00; }
bool trails(char32_t unit) noexcept { return unit >= 0xdc00 && unit < 0xe000; }

} // namespace

std::string utf8_from_utf16(byte_view input) {
  std::string out;
  char32_t lead = 0;
  for (cursor in{input}; in.left() >= 2;) {
    const char32_t unit = in.u16_le();
    if (lead != 0) {
      const auto first = std::exchange(lead, 0);
      if (trails(unit)) {
        append_utf8(out, 0x10000U + ((first - 0xd800U) << 10U) + (unit - 0xdc00U));
        continue;
      }
      append_utf8(out, replacement);
    }
    if (unit == 0) return out;
    if (leads(unit))
      lead = unit;
    else
      append_utf8(out, trails(unit) ? replacement : unit);
  }
  if (lead != 0) append_utf8(out, replacement);
  return out;
}

bool looks_like_utf16(byte_view input) noexcept {
  if (input.size() < 2 || input.size() % 2 != 0) return false;
  for (std::size_t i = 1; i < input.size(); i += 2)
    if (input[i] != 0) return false;
  return input[0] != 0;
}

std::string guid_text(byte_view guid) {
  if (guid.size() != guid_order.size()) return {};
  std::array<std::uint8_t, 16> ordered{};
  for (std::size_t i = 0; i < guid_order.size(); ++i)
    ordered[i] = guid[guid_order[i]];
  auto out = to_hex(ordered);
  for (const std::size_t dash : {20, 16, 12, 8})
    out.insert(dash, 1, '-');
  return out;
}

bytes guid_bytes(std::string_view text) {
  std::string digits{text};
  std::erase(digits, '-');
  const auto raw = from_hex(digits);
  if (!raw || raw->size() != guid_order.size()) return {};
  bytes out(guid_order.size());
  for (std::size_t i = 0; i < guid_order.size(); ++i)
    out[guid_order[i]] = (*raw)[i];
  return out;
}

byte_view without_nul(byte_view text) noexcept {
  return !text.empty() && text.back() == 0 ? text.first(text.size() - 1) : text;
}

std::string efi_text(byte_view input) {
  if (looks_like_utf16(input)) return printable(utf8_from_utf16(input));
  while (!input.empty() && input.back() == 0)
    input = input.first(input.size() - 1);
  return printable(as_text(input));
}

} // namespace muster::tpm
