#include "tpm/format/efi_variable.hpp"

#include "messages/vocabulary/cursor.hpp"
#include "messages/vocabulary/writer.hpp"
#include "tpm/format/efi_device_path.hpp"
#include "tpm/format/efi_text.hpp"

namespace muster::tpm {
namespace {

constexpr std::uint64_t max_variable_name = 1024; // UTF-16 units
constexpr std::size_t max_value_shown = 32;
constexpr std::size_t max_options_shown = 512;

bool is_hex_digit(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); }

// Boot0001, but not BootOrder
bool names_boot_entry(std::string_view name) noexcept {
  return name.size() == 8 && name.starts_with("Boot") && is_hex_digit(name[4]) && is_hex_digit(name[5])
         && is_hex_digit(name[6]) && is_hex_digit(name[7]);
}

std::string hex16(std::uint16_t value) {
  const std::uint8_t raw[] = {static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value)};
  return to_hex(raw);
}

std::string boot_order_text(byte_view data) {
  std::string out;
  for (cursor in{data}; in.left() >= 2 && out.size() < 1024;)
    out += (out.empty() ? "" : ",") + hex16(in.u16_le());
  return out;
}

// EFI_LOAD_OPTION (UEFI 2.10, 3.1.3): UINT32 attributes; UINT16 length of paths; CHAR16 description[]; paths;
// and the arguments of the program, which for a kernel are its command line.
std::string load_option_text(byte_view data) {
  cursor in{data};
  in.take(4);
  const auto path_size = in.u16_le();
  const auto description = in.rest();
  while (in.left() >= 2 && in.u16_le() != 0) {
  }
  auto out = printable(utf8_from_utf16(description.first(description.size() - in.left())), 256);
  const auto path = in.take(path_size);
  if (in.failed()) return out;
  out += " " + device_path_text(path);
  if (const auto options = in.rest(); looks_like_utf16(options))
    out += " options \"" + printable(utf8_from_utf16(options), max_options_shown) + "\"";
  else if (!options.empty())
    out += " options of " + std::to_string(options.size()) + " bytes";
  return out;
}

} // namespace

result<efi_variable> parse_efi_variable(byte_view input) {
  cursor in{input};
  //   EFI_GUID VariableName; UINT64 UnicodeNameLength (units); UINT64 VariableDataLength (bytes)
  const auto vendor = in.take(16);
  const auto name_units = in.u64_le();
  const auto data_size = in.u64_le();
  if (!in.failed() && name_units > max_variable_name)
    return fault{errc::limit, "efi-variable: length of the name"};
  //   CHAR16 UnicodeName[]; INT8 VariableData[]
  const auto name = in.take(static_cast<std::size_t>(name_units) * 2);
  const auto data = in.take(static_cast<std::size_t>(data_size));
  if (!in.done()) return fault{errc::malformed, "efi-variable: lengths"};
  return efi_variable{guid_text(vendor), utf8_from_utf16(name), data};
}

bytes make_efi_variable(std::string_view vendor, std::string_view name, byte_view value) {
  writer out;
  out.put(guid_bytes(vendor)).u64_le(name.size()).u64_le(value.size());
  for (const char c : name)
    out.u16_le(static_cast<std::uint8_t>(c));
  return out.put(value).take();
}

std::string value_text(const efi_variable& variable) {
  if (variable.vendor == efi_global_variable && variable.name == "BootOrder")
    return boot_order_text(variable.data);
  if (variable.vendor == efi_global_variable && names_boot_entry(variable.name))
    return load_option_text(variable.data);
  if (variable.data.size() <= max_value_shown) return to_hex(variable.data);
  return std::to_string(variable.data.size()) + " bytes";
}

} // namespace muster::tpm
