#include "tpm/format/efi_gpt.hpp"

#include "messages/vocabulary/cursor.hpp"
#include "tpm/format/efi_text.hpp"

namespace muster::tpm {
namespace {

constexpr std::uint64_t max_partitions = 128;
constexpr std::uint32_t least_entry = 128;
constexpr std::uint32_t largest_entry = 4096;

} // namespace

result<efi_gpt> parse_efi_gpt(byte_view input) {
  cursor in{input};
  efi_gpt out;
  // EFI_PARTITION_TABLE_HEADER (UEFI 2.10, 5.3.2), 92 bytes:
  //   "EFI PART"; revision, size, CRC, reserved: 4 each; my, alternate, first, last LBA: 8 each
  if (as_text(in.take(8)) != "EFI PART") return fault{errc::malformed, "efi-gpt: signature"};
  in.take(16 + 32);
  //   EFI_GUID DiskGUID; UINT64 PartitionEntryLBA; UINT32 count, size of an entry, CRC
  out.disk = guid_text(in.take(16));
  in.take(8 + 4);
  const auto entry_size = in.u32_le();
  in.take(4);
  // UEFI_GPT_DATA: UINT64 NumberOfPartitions; EFI_PARTITION_ENTRY []
  const auto count = in.u64_le();
  if (in.failed()) return fault{errc::malformed, "efi-gpt: truncated"};
  if (count > max_partitions) return fault{errc::limit, "efi-gpt: count of partitions"};
  if (count > 0 && (entry_size < least_entry || entry_size > largest_entry))
    return fault{errc::malformed, "efi-gpt: size of an entry"};
  for (std::uint64_t i = 0; i < count; ++i) {
    //   EFI_GUID type, id; UINT64 first, last LBA, attributes; CHAR16 name[36]
    cursor entry{in.take(entry_size)};
    if (in.failed()) return fault{errc::malformed, "efi-gpt: truncated"};
    efi_partition partition;
    partition.type = guid_text(entry.take(16));
    partition.id = guid_text(entry.take(16));
    entry.take(24);
    partition.name = utf8_from_utf16(entry.take(72));
    out.partitions.push_back(std::move(partition));
  }
  if (!in.done()) return fault{errc::malformed, "efi-gpt: trailing bytes"};
  return out;
}

std::string to_string(const efi_gpt& table) {
  std::string out = "disk " + table.disk + ", " + std::to_string(table.partitions.size()) + " partitions";
  const char* separator = ": ";
  for (const auto& partition : table.partitions) {
    out += separator + printable(partition.name, 72);
    separator = ", ";
  }
  return out;
}

} // namespace muster::tpm
