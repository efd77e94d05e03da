#include "lab/uefi.hpp"

#include "messages/vocabulary/writer.hpp"

#include <algorithm>

namespace muster::lab::uefi {
namespace {

constexpr std::string_view owner = "77fa9abd-0359-4d32-bd60-28f4e78f784b";
constexpr std::string_view rsa2048_list = "3c5766e8-269c-4e34-aa14-ed776e85b3b6";
constexpr std::string_view sha256_list = "c1c41626-504c-4092-aca9-41f936934328";
constexpr std::size_t owner_size = 16;

bytes list(std::string_view type, std::size_t content_size, const std::vector<bytes>& contents) {
  constexpr std::size_t header = 28;
  const auto one = owner_size + content_size;
  writer out;
  out.put(guid(type));
  out.u32_le(static_cast<std::uint32_t>(header + contents.size() * one)).u32_le(0);
  out.u32_le(static_cast<std::uint32_t>(one));
  for (const auto& content : contents)
    out.put(guid(owner)).put(content);
  return out.take();
}

// A Media File Path node and the end of the path.
bytes device_path(std::string_view path) {
  auto name = utf16(path);
  append(name, bytes{0, 0});
  writer out;
  out.u8(0x04).u8(0x04).u16_le(static_cast<std::uint16_t>(name.size() + 4)).put(name);
  return out.u8(0x7f).u8(0xff).u16_le(4).take();
}

void add_partition(writer& out, std::string_view type, std::string_view id, std::uint64_t first,
                   std::uint64_t last, std::string_view name) {
  constexpr std::size_t name_size = 72;
  auto padded = utf16(name);
  padded.resize(name_size);
  out.put(guid(type)).put(guid(id)).u64_le(first).u64_le(last).u64_le(0).put(padded);
}

} // namespace

bytes guid(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c != '-'; });
  auto raw = from_hex(digits).value_or(bytes(owner_size));
  std::reverse(raw.begin(), raw.begin() + 4);
  std::reverse(raw.begin() + 4, raw.begin() + 6);
  std::reverse(raw.begin() + 6, raw.begin() + 8);
  return raw;
}

bytes utf16(std::string_view text) {
  bytes out;
  for (const auto character : as_bytes(text)) {
    out.push_back(character);
    out.push_back(0);
  }
  return out;
}

bytes variable(std::string_view vendor_guid, std::string_view name, byte_view content) {
  writer out;
  out.put(guid(vendor_guid)).u64_le(name.size()).u64_le(content.size());
  return out.put(utf16(name)).put(content).take();
}

bytes key_list(byte_view modulus) { return list(rsa2048_list, modulus.size(), {to_bytes(modulus)}); }

bytes digest_list(const std::vector<bytes>& digests) { return list(sha256_list, sizeof(bytes32), digests); }

bytes signature_data(byte_view digest) {
  writer out;
  return out.put(guid(owner)).put(digest).take();
}

bytes image_load(std::uint64_t address, std::uint64_t length, std::string_view path) {
  const auto where = device_path(path);
  writer out;
  out.u64_le(address).u64_le(length).u64_le(0).u64_le(where.size());
  return out.put(where).take();
}

bytes load_option(std::string_view description, std::string_view path) {
  constexpr std::uint32_t active = 1;
  const auto where = device_path(path);
  writer out;
  out.u32_le(active).u16_le(static_cast<std::uint16_t>(where.size())).put(utf16(description)).u16_le(0);
  return out.put(where).take();
}

bytes partition_table() {
  constexpr std::uint64_t last_sector = 83886079;
  writer out;
  // EFI_PARTITION_TABLE_HEADER; its checksums are never checked.
  out.put(as_bytes("EFI PART")).u32_le(0x00010000).u32_le(92).u32_le(0).u32_le(0);
  out.u64_le(1).u64_le(last_sector).u64_le(2048).u64_le(last_sector - 33);
  out.put(guid("5b193300-fc78-40cd-8002-e86c45580b47")).u64_le(2).u32_le(128).u32_le(128).u32_le(0);
  out.u64_le(2);
  add_partition(out, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "0d5a7e3c-9c1b-4f0a-8a51-2b8a3f3f1c01", 2048,
                1050623, "EFI System Partition");
  add_partition(out, "0fc63daf-8483-4772-8e79-3d69d8477de4", "0d5a7e3c-9c1b-4f0a-8a51-2b8a3f3f1c02", 1050624,
                last_sector - 33, "root");
  return out.take();
}

} // namespace muster::lab::uefi
