// The layout of one value in the database: a header of 8 bytes, the content, and zeros up to a multiple of 8.
//
//   u32 little-endian  CRC-32C over table, key, length and content
//   u32 little-endian  length of the content in bytes
//
// Content so begins on an 8-byte boundary whenever the value does, and a record that stands under another key
// or in another table than it was written for is damaged.
#pragma once

#include "messages/vocabulary/result.hpp"
#include "records/store_tables.hpp"

namespace muster::service {

constexpr std::size_t stored_header = 8;

/// Bytes that `content` takes, header and padding included.
constexpr std::size_t stored_size(std::size_t content) noexcept {
  return stored_header + (content + 7) / 8 * 8;
}

/// Fills `out`, which has `stored_size(content.size())` bytes. The content has less than 2^32.
void write_stored(mutable_bytes out, store_table table, byte_view key, byte_view content) noexcept;

/// The content of a value. Error: malformed (damaged).
result<byte_view> read_stored(byte_view value, store_table table, byte_view key);

} // namespace muster::service
