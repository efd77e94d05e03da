#include "tpm/format/efi_device_path.hpp"

#include "messages/vocabulary/cursor.hpp"
#include "tpm/format/efi_text.hpp"

#include <array>

namespace muster::tpm {
namespace {

constexpr std::size_t max_nodes = 64;
constexpr std::uint8_t end_of_path = 0x7f;

constexpr unsigned node_kind(unsigned type, unsigned subtype) noexcept { return type << 8U | subtype; }

std::string hex_number(std::uint64_t value) {
  std::array<char, 16> digits{}; // enough for 64 bits
  auto at = digits.size();
  do {
    digits[--at] = "0123456789abcdef"[value & 0xfU];
    value >>= 4U;
  } while (value != 0);
  return {digits.data() + at, digits.size() - at};
}

// UEFI 2.10, 10.3: body is everything after type, subtype and length.
std::string node_text(unsigned type, unsigned subtype, byte_view body) {
  cursor in{body};
  switch (node_kind(type, subtype)) {
  case node_kind(1, 1): { // hardware, PCI: function, device
    const auto function = in.u8();
    const auto device = in.u8();
    return "Pci(" + hex_number(device) + "," + hex_number(function) + ")";
  }
  case node_kind(2, 1): { // ACPI: _HID, _UID; 0x0a0341d0 is a PCI root
    const auto hid = in.u32_le();
    const auto uid = in.u32_le();
    return (hid == 0x0a0341d0 ? "PciRoot(" : "Acpi(" + hex_number(hid) + ",") + hex_number(uid) + ")";
  }
  case node_kind(3, 18): // SATA: port
    return "Sata(" + hex_number(in.u16_le()) + ")";
  case node_kind(3, 23): // NVMe: namespace
    return "NVMe(" + hex_number(in.u32_le()) + ")";
  case node_kind(3, 5): // USB: port, interface
    return "Usb(" + hex_number(in.u8()) + ")";
  case node_kind(3, 11): // MAC
    return "Mac(" + to_hex(in.take(6)) + ")";
  case node_kind(4, 1): { // hard drive: partition, start, size, signature[16], ...
    const auto partition = in.u32_le();
    in.take(16);
    return "HD(" + hex_number(partition) + "," + guid_text(in.take(16)) + ")";
  }
  case node_kind(4, 4): // file path
    return printable(utf8_from_utf16(body), 512);
  case node_kind(4, 6): // firmware file
    return "FvFile(" + guid_text(in.take(16)) + ")";
  case node_kind(4, 7): // firmware volume
    return "Fv(" + guid_text(in.take(16)) + ")";
  case node_kind(4, 3): // vendor media
    return "Media(" + guid_text(in.take(16)) + ")";
  default: break;
  }
  // Built in place: a log can consist entirely of nodes of four bytes.
  std::string out{"Path("};
  out.append(hex_number(type)).append(1, ',').append(hex_number(subtype)).append(1, ')');
  return out;
}

} // namespace

std::string device_path_text(byte_view path) {
  std::string out;
  cursor in{path};
  for (std::size_t nodes = 0; in.left() >= 4; ++nodes) {
    //   UINT8 type; UINT8 subtype; UINT16 length of the node, these four bytes included
    const auto type = in.u8();
    const auto subtype = in.u8();
    const auto length = in.u16_le();
    if (type == end_of_path) return out;
    if (length < 4 || nodes == max_nodes) return out + "...";
    const auto body = in.take(length - 4U);
    if (in.failed()) return out + "...";
    if (!out.empty()) out += '/';
    out += node_text(type, subtype, body);
  }
  return in.left() == 0 ? out : out + "...";
}

result<efi_image_load> parse_efi_image_load(byte_view input) {
  cursor in{input};
  efi_image_load out;
  //   UINT64 ImageLocationInMemory; UINT64 ImageLengthInMemory; UINT64 ImageLinkTimeAddress
  out.address = in.u64_le();
  out.size = in.u64_le();
  in.take(8);
  //   UINT64 LengthOfDevicePath; UINT8 DevicePath[]
  out.device_path = in.take(static_cast<std::size_t>(in.u64_le()));
  if (!in.done()) return fault{errc::malformed, "efi-image-load: lengths"};
  return out;
}

} // namespace muster::tpm
