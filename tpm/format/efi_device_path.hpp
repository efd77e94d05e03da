// The device path of an image: where UEFI loaded it from.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <string>

namespace muster::tpm {

/// EFI_DEVICE_PATH_PROTOCOL (UEFI 2.10, chapter 10) as one line that is safe to print, in the style of the
/// UEFI shell: "PciRoot(0)/Pci(1f,2)/HD(1,<guid>)/\EFI\BOOT\BOOTX64.EFI". A node of an unknown kind becomes
/// "Path(type,subtype)". If the rest cannot be read, the text ends with "...".
std::string device_path_text(byte_view path);

/// UEFI_IMAGE_LOAD_EVENT (TCG PFP 1.05, 10.2.3). No digest covers it: such an event has the digest of the
/// image (Authenticode), and the addresses change from boot to boot.
struct efi_image_load {
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  byte_view device_path; ///< view into the parsed bytes
};

/// fault malformed: truncated, or trailing bytes.
result<efi_image_load> parse_efi_image_load(byte_view input);

} // namespace muster::tpm
