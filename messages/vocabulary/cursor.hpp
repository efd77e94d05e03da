// The one way to read foreign bytes.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <utility>

namespace muster {

/// Reads forward through `input`. A read past the end gives zero or an empty view, and the cursor stays
/// failed. Check `done()` (all was read, without failure) or `failed()` before using the values.
class cursor {
public:
  explicit cursor(byte_view input) noexcept : rest_{input} {}

  std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(be<1>()); }
  std::uint16_t u16_be() noexcept { return static_cast<std::uint16_t>(be<2>()); }
  std::uint32_t u32_be() noexcept { return static_cast<std::uint32_t>(be<4>()); }
  std::uint64_t u64_be() noexcept { return be<8>(); }
  std::uint16_t u16_le() noexcept { return static_cast<std::uint16_t>(le<2>()); }
  std::uint32_t u32_le() noexcept { return static_cast<std::uint32_t>(le<4>()); }
  std::uint64_t u64_le() noexcept { return le<8>(); }

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

  /// The bytes not read yet; does not move the cursor.
  byte_view rest() const noexcept { return rest_; }
  std::size_t left() const noexcept { return rest_.size(); }
  bool failed() const noexcept { return failed_; }
  bool done() const noexcept { return !failed_ && rest_.empty(); }

private:
  template <std::size_t n> std::uint64_t be() noexcept {
    return joined(
        take(n), [](std::size_t i) { return 8 * (n - 1 - i); }, std::make_index_sequence<n>{});
  }
  template <std::size_t n> std::uint64_t le() noexcept {
    return joined(
        take(n), [](std::size_t i) { return 8 * i; }, std::make_index_sequence<n>{});
  }
  // Not a loop, because compilers turn this into a single load.
  template <class Shift, std::size_t... i>
  static std::uint64_t joined(byte_view read, Shift shift, std::index_sequence<i...>) noexcept {
    return read.empty() ? 0 : ((std::uint64_t{read[i]} << shift(i)) | ...);
  }

  byte_view rest_;
  bool failed_ = false;
};

} // namespace muster
