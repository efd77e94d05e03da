// The one way to read foreign bytes.
#pragma once

#include "messages/vocabulary/bytes.hpp"

namespace muster {

/// Reads forward through `input`. A read past the end gives zero or an empty view and fails the cursor for
/// good: ask `done()` (everything was read) or `failed()` before using values.
class cursor {
public:
  explicit cursor(byte_view input) noexcept : rest_{input} {}

  std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(be(1)); }
  std::uint16_t u16_be() noexcept { return static_cast<std::uint16_t>(be(2)); }
  std::uint32_t u32_be() noexcept { return static_cast<std::uint32_t>(be(4)); }
  std::uint64_t u64_be() noexcept { return be(8); }
  std::uint16_t u16_le() noexcept { return static_cast<std::uint16_t>(le(2)); }
  std::uint32_t u32_le() noexcept { return static_cast<std::uint32_t>(le(4)); }
  std::uint64_t u64_le() noexcept { return le(8); }

  byte_view take(std::size_t n) noexcept {
    if (n > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    const auto head = rest_.first(n);
    rest_ = rest_.subspan(n);
    return head;
  }

  /// What is left, without moving.
  byte_view rest() const noexcept { return rest_; }
  std::size_t left() const noexcept { return rest_.size(); }
  bool failed() const noexcept { return failed_; }
  bool done() const noexcept { return !failed_ && rest_.empty(); }

private:
  std::uint64_t be(std::size_t n) noexcept {
    std::uint64_t value = 0;
    for (const auto byte : take(n))
      value = value << 8U | byte;
    return value;
  }
  std::uint64_t le(std::size_t n) noexcept {
    std::uint64_t value = 0;
    const auto read = take(n);
    for (std::size_t i = 0; i < read.size(); ++i)
      value |= std::uint64_t{read[i]} << (8 * i);
    return value;
  }

  byte_view rest_;
  bool failed_ = false;
};

} // namespace muster
