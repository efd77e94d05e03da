// The layout of one value in the database: a header of 8 bytes, the content, and zeros up to a multiple of 8.
//
//   u32 little-endian  CRC-32C over table, key, length and content
//   u32 little-endian  length of the content in bytes
//
// In the tables that `is_sealed` names, 16 bytes follow: the first half of HMAC-SHA-256 over table, key and
// content, under a key that the database does not hold. An attacker who can write the database but lacks that
// key can neither write such a record nor move one. An old version of the same record passes (docs/log.md).
//
// The content thus begins on an 8-byte boundary whenever the value does. A record under a key or in a table
// for which it was not written is damaged.
#pragma once

#include "messages/vocabulary/result.hpp"
#include "records/store_tables.hpp"

namespace muster::service {

constexpr std::size_t stored_header = 8;

constexpr std::size_t stored_seal = 16;

/// Whether records of the table by themselves decide what people are shown: standing and generation, verdict
/// and lease, revocations, who may join, what is in force and what was ordered. Not sealed are tables that are
/// read by the million, tables whose key is the digest of the content, and the leaves of the log.
constexpr bool is_sealed(store_table table) noexcept {
  switch (table) {
  case store_table::nodes:
  case store_table::states:
  case store_table::groups:
  case store_table::commands:
  case store_table::ended_commands:
  case store_table::ak_certificates:
  case store_table::revocations:
  case store_table::forgotten:
  case store_table::join_tokens:
  case store_table::join_uses:
  case store_table::settings:
  case store_table::log_incarnations:
  case store_table::campaigns: return true;
  default: return false;
  }
}

/// Size of `content` with header, padding and seal, in bytes.
constexpr std::size_t stored_size(store_table table, std::size_t content) noexcept {
  return stored_header + (content + 7) / 8 * 8 + (is_sealed(table) ? stored_seal : 0);
}

/// Fills `out`, which has `stored_size(table, content.size())` bytes. The content must be shorter than 2^32
/// bytes.
void write_stored(mutable_bytes out, store_table table, byte_view key, byte_view content,
                  const bytes32& seal_key) noexcept;

/// The content of a value. Error: malformed (damaged, or written without the key).
result<byte_view> read_stored(byte_view value, store_table table, byte_view key, const bytes32& seal_key);

} // namespace muster::service
