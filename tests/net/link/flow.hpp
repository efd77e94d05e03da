// Bytes from one owner of a stream to the other, and how far they came: each byte is a function of its position.
#pragma once

#include "messages/frame.hpp"

#include <optional>
#include <string>

namespace muster::net::link::test {

/// What breaks a property says so here, in English, for whoever reads a failed run.
using broken = std::optional<std::string>;

/// Where decisions come from: random numbers, or a fuzzer's bytes. Any number below `n`; `n` is at least 1.
struct choices {
  virtual ~choices() = default;
  virtual std::size_t below(std::size_t n) = 0;
};

struct flow {
  std::uint64_t sent = 0, received = 0;
  std::uint64_t held = 0; ///< received and not consumed
  std::uint8_t seed = 0;  ///< of this flow alone
  bool closed = false;    ///< the receiver has been told of the end

  std::uint8_t value_at(std::uint64_t position) const noexcept {
    return static_cast<std::uint8_t>(position * 31 + (position >> 8U) + seed);
  }

  /// The next `n` bytes.
  frame speak(std::size_t n) {
    bytes out(n);
    for (auto& byte : out)
      byte = value_at(sent++);
    return frame::adopt(std::move(out));
  }

  broken arrive(byte_view body) {
    if (closed) return "bytes came after the end";
    for (const auto byte : body)
      if (byte != value_at(received++)) return "bytes of another stream, or out of order";
    if (received > sent) return "more bytes came than were sent";
    held += body.size();
    return {};
  }
};

} // namespace muster::net::link::test
