#include "tpm/format/event_tag.hpp"

#include "messages/vocabulary/cursor.hpp"
#include "tpm/format/efi_text.hpp"

namespace muster::tpm {
namespace {

enum class describes : std::uint8_t { the_kind, one_of_several };

struct known_tag {
  std::uint32_t id;
  std::string_view name;
  describes what; ///< whether the description names one of several, for example a file
};

constexpr known_tag tags[] = {
    {0x8f3b22ec, "Linux initrd", describes::the_kind},
    {0x8f3b22ed, "Linux load options", describes::the_kind},
    {0xf5bc582a, "systemd-boot loader.conf", describes::the_kind},
    {0x6c46f751, "systemd-stub devicetree addon", describes::one_of_several},
    {0x49dffe0f, "systemd-stub initrd addon", describes::one_of_several},
    {0xdac08e1a, "systemd-stub microcode addon", describes::one_of_several},
    {0x13aed6db, "systemd-stub profile", describes::one_of_several},
    {0xd5cb7cbc, "systemd SMBIOS type 1", describes::the_kind},
    {0xe0d47bc8, "systemd SMBIOS type 2", describes::the_kind},
    {0xc0b3bd23, "systemd SMBIOS type 11", describes::the_kind},
};

constexpr std::size_t max_description = 256;

const known_tag* find_tag(std::uint32_t id) noexcept {
  for (const auto& one : tags)
    if (one.id == id) return &one;
  return nullptr;
}

} // namespace

std::optional<event_tag> parse_event_tag(byte_view data) noexcept {
  cursor in{data};
  event_tag out;
  //   UINT32 taggedEventID; UINT32 taggedEventDataSize; BYTE taggedEventData[]
  out.id = in.u32_le();
  out.description = in.take(in.u32_le());
  if (!in.done()) return std::nullopt;
  return out;
}

std::string_view name_of_tag(std::uint32_t id) noexcept {
  const auto* known = find_tag(id);
  return known == nullptr ? std::string_view{} : known->name;
}

std::string to_string(const event_tag& tag) {
  const auto* known = find_tag(tag.id);
  if (known == nullptr) return {};
  std::string out{known->name};
  if (known->what == describes::the_kind) return out;
  const auto text = efi_text(tag.description);
  return text.empty() ? out : out + ": " + text.substr(0, max_description);
}

} // namespace muster::tpm
