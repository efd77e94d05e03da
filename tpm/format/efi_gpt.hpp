// The partition table that UEFI measures.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <string>
#include <vector>

namespace muster::tpm {

struct efi_partition {
  std::string type; ///< GUID
  std::string id;   ///< GUID
  std::string name; ///< UTF-8; foreign text
};

struct efi_gpt {
  std::string disk; ///< GUID
  std::vector<efi_partition> partitions;
};

/// UEFI_GPT_DATA (TCG PFP 1.05, 10.2.7): the GPT header, then the entries in use, at most 128 of 128 to 4,096
/// bytes each; no trailing bytes. fault malformed, limit.
result<efi_gpt> parse_efi_gpt(byte_view input);

/// "disk <guid>, 2 partitions: root, EFI", safe to print.
std::string to_string(const efi_gpt& table);

} // namespace muster::tpm
