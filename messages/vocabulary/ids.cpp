#include "messages/vocabulary/ids.hpp"

namespace muster {

std::optional<boot_id> boot_id_from(std::string_view text) {
  if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (text.size() != 36) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return std::nullopt;
    if (!dash) digits += text[i];
  }
  const auto raw = from_hex(digits);
  if (!raw) return std::nullopt;
  boot_id out;
  std::ranges::copy(*raw, out.raw.begin());
  return out;
}

std::string to_string(const boot_id& id) {
  auto out = to_hex(id.raw);
  for (const std::size_t at : {8U, 13U, 18U, 23U})
    out.insert(at, 1, '-');
  return out;
}

} // namespace muster
