// UEFI variables as they are in the boot log.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <string>

namespace muster::tpm {

/// EFI_GLOBAL_VARIABLE: the vendor GUID of SecureBoot, PK, KEK, BootOrder, Boot####.
inline constexpr std::string_view efi_global_variable = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
/// EFI_IMAGE_SECURITY_DATABASE: the vendor GUID of db and dbx.
inline constexpr std::string_view efi_image_security_database = "d719b2cb-3d3a-4596-a3bc-dad00e67656f";
/// The vendor GUID of shim's variables: MokList, MokSBState, SbatLevel.
inline constexpr std::string_view shim_lock = "605dab50-e046-4300-abb6-3dd810dd8b23";

/// Bytes of the smallest UEFI_VARIABLE_DATA: a GUID and two lengths.
inline constexpr std::size_t min_efi_variable_size = 32;

/// UEFI_VARIABLE_DATA. `data` is a view into the parsed bytes.
struct efi_variable {
  std::string vendor; ///< GUID
  std::string name;   ///< UTF-8; foreign text
  byte_view data;
};

/// UEFI_VARIABLE_DATA (TCG PFP 1.05, 10.2.6), with no trailing bytes. fault malformed, limit (name).
result<efi_variable> parse_efi_variable(byte_view input);

/// The bytes of UEFI_VARIABLE_DATA: what firmware measures for a variable with this value. `vendor` as in
/// `efi_variable`, `name` in ASCII.
bytes make_efi_variable(std::string_view vendor, std::string_view name, byte_view value);

/// The variable's value in one line that is safe to print: a boot order, or a boot entry's description and
/// path; else up to 32 bytes in hex, or the number of bytes.
std::string value_text(const efi_variable& variable);

} // namespace muster::tpm
