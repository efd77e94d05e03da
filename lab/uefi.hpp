// UEFI structures as event logs contain them. Pure.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <string_view>
#include <vector>

namespace muster::lab::uefi {

inline constexpr std::string_view global_variable = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
inline constexpr std::string_view image_security_database = "d719b2cb-3d3a-4596-a3bc-dad00e67656f";
inline constexpr std::string_view shim_lock = "605dab50-e046-4300-abb6-3dd810dd8b23";

/// EFI_GUID from its text: the first three groups are little-endian.
bytes guid(std::string_view text);

/// ASCII as UTF-16LE, without NUL.
bytes utf16(std::string_view text);

/// UEFI_VARIABLE_DATA (TCG PC Client Platform Firmware Profile, 10.4.3).
bytes variable(std::string_view vendor_guid, std::string_view name, byte_view content);

/// EFI_SIGNATURE_LIST (UEFI 2.10, 32.4.1) with one RSA-2048 key, or with SHA-256 digests of images.
bytes key_list(byte_view modulus);
bytes digest_list(const std::vector<bytes>& digests);
/// EFI_SIGNATURE_DATA: one entry of a digest list.
bytes signature_data(byte_view digest);

/// UEFI_IMAGE_LOAD_EVENT of a file on the boot partition.
bytes image_load(std::uint64_t address, std::uint64_t length, std::string_view path);

/// EFI_LOAD_OPTION: content of a Boot#### variable.
bytes load_option(std::string_view description, std::string_view path);

/// UEFI_GPT_DATA of a disk with a boot and a root partition.
bytes partition_table();

} // namespace muster::lab::uefi
