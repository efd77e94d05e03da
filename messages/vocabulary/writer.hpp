// The counterpart of `cursor`: writes integers byte by byte.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <utility>

namespace muster {

/// Appends to a byte string that it owns. The protocol's hashed layouts are big-endian.
class writer {
public:
  writer& u8(std::uint8_t value) { return be(value, 1); }
  writer& u16_be(std::uint16_t value) { return be(value, 2); }
  writer& u32_be(std::uint32_t value) { return be(value, 4); }
  writer& u64_be(std::uint64_t value) { return be(value, 8); }
  writer& u16_le(std::uint16_t value) { return le(value, 2); }
  writer& u32_le(std::uint32_t value) { return le(value, 4); }
  writer& u64_le(std::uint64_t value) { return le(value, 8); }
  writer& put(byte_view more) {
    append(out_, more);
    return *this;
  }
  /// A label of the protocol: its characters and a NUL.
  writer& label(std::string_view text) {
    append(out_, as_bytes(text));
    return u8(0);
  }
  /// TPM2B: a 16-bit length, then the bytes.
  /// `more` must be shorter than 2^16 bytes: the length is cut to 16 bits.
  writer& sized16(byte_view more) {
    u16_be(static_cast<std::uint16_t>(more.size()));
    return put(more);
  }

  const bytes& view() const noexcept { return out_; }
  bytes take() noexcept { return std::move(out_); }

private:
  writer& be(std::uint64_t value, unsigned n) {
    for (unsigned i = n; i-- > 0;)
      out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }
  writer& le(std::uint64_t value, unsigned n) {
    for (unsigned i = 0; i < n; ++i)
      out_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }

  bytes out_;
};

} // namespace muster
