#include "tpm/format/event_text.hpp"

#include "messages/vocabulary/cursor.hpp"
#include "tpm/format/efi_device_path.hpp"
#include "tpm/format/efi_gpt.hpp"
#include "tpm/format/efi_text.hpp"
#include "tpm/format/efi_variable.hpp"
#include "tpm/format/event_tag.hpp"

#include <algorithm>
#include <optional>

namespace muster::tpm {
namespace {

constexpr std::size_t max_data_shown = 32;
// Longest text that can count as covered: longer than any command that GRUB measures.
constexpr std::size_t max_text = 64U << 10U;
// PCRs in which boot loaders measure text: GRUB's commands, names of sections, command lines.
constexpr std::uint32_t text_pcrs = 1U << 8U | 1U << 11U | 1U << 12U;
// PCRs in which firmware and shim measure variables with their names, so no other program chose the bytes.
// There a summary counts as covered. Elsewhere root can craft a file that reads as a variable of any name.
constexpr std::uint32_t variable_pcrs = 1U << 1U | 1U << 3U | 1U << 5U | 1U << 7U;
constexpr std::uint32_t boot_options_pcr = 1; // for boot options only the value is measured
constexpr std::uint32_t disk_pcr = 5;

/// The digest of an event, and whether it is known to cover all of the data.
struct measured_digest {
  byte_view digest;
  hash_algorithm bank;
  bool of_all_data;

  bool covers(byte_view part) const {
    return !digest.empty() && same(crypto::hash(bank, part).view(), digest);
  }
};

bool is_in(std::uint32_t mask, std::uint32_t pcr) noexcept {
  return pcr < pcr_count && (mask >> pcr & 1U) != 0;
}

bool holds_variable(event_type type) noexcept {
  switch (type) {
  case event_type::efi_variable_driver_config:
  case event_type::efi_variable_boot:
  case event_type::efi_variable_boot2:
  case event_type::efi_variable_authority: return true;
  default: return false;
  }
}

bool holds_text(event_type type) noexcept {
  switch (type) {
  case event_type::efi_action:
  case event_type::action:
  case event_type::s_crtm_version:
  case event_type::ipl:
  case event_type::ipl_partition_data:
  case event_type::post_code:
  case event_type::compact_hash:
  case event_type::omit_boot_device_events: return true;
  default: return false;
  }
}

std::string hex_or_size(byte_view data) {
  return data.size() <= max_data_shown ? to_hex(data) : std::to_string(data.size()) + " bytes";
}

/// A size alone says nothing about the bytes.
event_text describe_bytes(byte_view data, const measured_digest& digest) {
  const bool all = data.size() <= max_data_shown && digest.of_all_data;
  return {"", hex_or_size(data), all ? coverage::digest : coverage::hint};
}

event_text describe_variable(const logged_event& event, const measured_digest& digest) {
  const auto variable = parse_efi_variable(event.data);
  if (!variable) return describe_bytes(event.data, digest);
  auto name = printable(variable->name, 128);
  auto value = value_text(*variable);
  if (is_in(variable_pcrs, event.pcr) && digest.of_all_data)
    return {name, name + " = " + value, coverage::digest};
  if (event.pcr == boot_options_pcr && digest.covers(variable->data))
    return {name, std::move(value), coverage::digest};
  return {name, std::move(value), coverage::hint};
}

/// Most unreadable bytes allowed in `size` bytes of text. GRUB's commands have line ends and tabs.
constexpr std::size_t max_unreadable(std::size_t size) noexcept { return 16 + size / 4; }

std::optional<std::string> readable(std::string_view text) {
  constexpr std::size_t longer_by = 3; // "\x0a" for one byte
  if (text.size() > max_text) return std::nullopt;
  auto shown = printable(text, max_text);
  const auto unreadable = (shown.size() - text.size()) / longer_by;
  if (unreadable > max_unreadable(text.size())) return std::nullopt;
  return shown;
}

/// All of the text, safe to print. Empty if not all of it can be shown: it is too long, bytes follow its
/// terminating NUL, or it is not text. Appraisal must see everything that was measured.
std::optional<std::string> whole(byte_view data) {
  if (looks_like_utf16(data)) {
    while (data.size() >= 2 && data[data.size() - 2] == 0)
      data = data.first(data.size() - 2);
    for (std::size_t i = 0; i < data.size(); i += 2)
      if (data[i] == 0) return std::nullopt;
    return readable(utf8_from_utf16(data));
  }
  while (!data.empty() && data.back() == 0)
    data = data.first(data.size() - 1);
  return readable(as_text(data));
}

event_text shown(std::string label, byte_view covered) {
  if (auto all = whole(covered)) return {std::move(label), *std::move(all), coverage::digest};
  return {std::move(label), efi_text(covered), coverage::hint};
}

// systemd's stub measures the name of a section in ASCII with its NUL, and logs it in UTF-16.
std::optional<event_text> describe_recoded(const logged_event& event, const measured_digest& digest) {
  if (!looks_like_utf16(event.data)) return std::nullopt;
  const auto text = utf8_from_utf16(event.data);
  const byte_view with_nul{as_bytes({text.c_str(), text.size() + 1})};
  if (!digest.covers(with_nul) && !digest.covers(as_bytes(text))) return std::nullopt;
  return shown("", as_bytes(text));
}

event_text describe_text(const logged_event& event, const measured_digest& digest) {
  const auto without = without_nul(event.data);
  if (digest.of_all_data || (without.size() != event.data.size() && digest.covers(without)))
    return shown("", event.data);
  if (auto recoded = describe_recoded(event, digest)) return *std::move(recoded);
  constexpr std::string_view mark = ": ";
  const auto text = as_text(without);
  const auto at = text.find(mark);
  if (at == std::string_view::npos) return {"", efi_text(event.data), coverage::hint};
  const auto behind = text.substr(at + mark.size());
  auto label = printable(text.substr(0, at), 64);
  if (digest.covers(as_bytes(behind))) return shown(std::move(label), as_bytes(behind));
  return {std::move(label), printable(behind), coverage::hint};
}

/// Printable ASCII to the last byte, with at most one NUL at the end: then showing it as text leaves nothing
/// out.
bool is_plain_text(byte_view data) noexcept {
  const auto text = without_nul(data);
  return !text.empty() && std::ranges::all_of(text, [](std::uint8_t c) { return c >= 0x20 && c < 0x7f; });
}

/// Whether events of this type have text on some firmware, and other bytes on others. Tools of Windows mark
/// the end of a log with the separator `WBCL`.
bool may_hold_text(event_type type) noexcept {
  switch (type) {
  case event_type::separator:
  case event_type::s_crtm_contents:
  case event_type::cpu_microcode:
  case event_type::platform_config_flags:
  case event_type::table_of_devices:
  case event_type::nonhost_code:
  case event_type::nonhost_config:
  case event_type::nonhost_info:
  case event_type::efi_hcrtm_event: return true;
  default: return false;
  }
}

std::string address_text(std::uint64_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (; value != 0 || out.empty(); value >>= 4U)
    out.insert(out.begin(), digits[value & 0xfU]);
  return "0x" + out;
}

/// Where the measured part of the firmware lies: UEFI_PLATFORM_FIRMWARE_BLOB, or UEFI_PLATFORM_FIRMWARE_BLOB2
/// with a description. Empty for anything else.
std::string blob_text(byte_view data) {
  constexpr std::size_t place_size = 16;
  cursor in{data};
  //   BLOB2 only: UINT8 BlobDescriptionSize; BYTE BlobDescription[]
  const auto description = data.size() == place_size ? byte_view{} : in.take(in.u8());
  //   UINT64 BlobBase; UINT64 BlobLength
  const auto base = in.u64_le();
  const auto length = in.u64_le();
  if (!in.done()) return {};
  const auto name = efi_text(description);
  return (name.empty() ? "" : name + ", ") + std::to_string(length) + " bytes at " + address_text(base);
}

bool describes_blob(event_type type) noexcept {
  return type == event_type::post_code || type == event_type::efi_platform_firmware_blob
         || type == event_type::efi_platform_firmware_blob2;
}

/// The name of a tag, as a hint: what is measured is not the tag.
std::string tag_text(const logged_event& event) {
  const auto tag = event.type == event_type::event_tag ? parse_event_tag(event.data) : std::nullopt;
  return tag ? to_string(*tag) : std::string{};
}

/// The signature that informative events begin with, in 16 bytes; the locality after "StartupLocality". Empty
/// for anything else.
std::string no_action_text(byte_view data) {
  constexpr std::size_t signature_size = 16;
  if (data.size() < signature_size) return {};
  const auto text = as_text(data.first(signature_size));
  const auto name = text.substr(0, text.find('\0'));
  if (!is_plain_text(as_bytes(name))) return {};
  const bool locality = name == "StartupLocality" && data.size() > signature_size;
  return std::string{name} + (locality ? " " + std::to_string(data[signature_size]) : std::string{});
}

// Events that are neither text nor a variable.
event_text describe_rest(const logged_event& event, const measured_digest& digest) {
  switch (event.type) {
  case event_type::no_action:
    if (auto text = no_action_text(event.data); !text.empty()) return {"", std::move(text), coverage::hint};
    break;
  case event_type::event_tag:
    if (auto name = tag_text(event); !name.empty()) return {"", std::move(name), coverage::hint};
    break;
  case event_type::efi_gpt_event:
  case event_type::efi_gpt_event2:
    if (const auto table = parse_efi_gpt(event.data)) {
      const bool covered = event.pcr == disk_pcr && digest.of_all_data;
      return {"", to_string(*table), covered ? coverage::digest : coverage::hint};
    }
    break;
  case event_type::efi_boot_services_application:
  case event_type::efi_boot_services_driver:
  case event_type::efi_runtime_services_driver:
    if (const auto image = parse_efi_image_load(event.data))
      return {"", device_path_text(image->device_path), coverage::hint};
    break;
  default: break;
  }
  return describe_bytes(event.data, digest);
}

} // namespace

event_text describe_event(const logged_event& event, byte_view digest, hash_algorithm bank) {
  const bool all = !digest.empty() && same(crypto::hash(bank, event.data).view(), digest);
  return describe_event(event, digest, bank, all);
}

event_text describe_event(const logged_event& event, byte_view digest, hash_algorithm bank,
                          bool covers_data) {
  const measured_digest of{digest, bank, covers_data};
  // In these PCRs the bytes decide what the event is, whatever its type says. Otherwise the same command line
  // could be shown as the number of its bytes, or as the value of a variable.
  if (is_in(text_pcrs, event.pcr)) {
    auto out = describe_text(event, of);
    if (auto name = tag_text(event); out.covered == coverage::hint && !name.empty())
      out.text = std::move(name);
    return out;
  }
  if (holds_variable(event.type)) return describe_variable(event, of);
  // What is measured is the blob; a text in its place has no such form.
  if (describes_blob(event.type) && !covers_data && !is_plain_text(event.data))
    if (auto blob = blob_text(event.data); !blob.empty()) return {"", std::move(blob), coverage::hint};
  if (holds_text(event.type) || (may_hold_text(event.type) && is_plain_text(event.data)))
    return describe_text(event, of);
  return describe_rest(event, of);
}

} // namespace muster::tpm
