// Frames on a byte stream (docs/protocol.md 1): 4 bytes of length (little-endian), 4 zero bytes, the payload.
// Pure.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

namespace muster::net {

inline constexpr std::size_t frame_header_size = 8;

/// Cuts a stream into payloads. Its memory grows with the bytes received, never by the length in a header.
class frame_reader {
public:
  /// `max_payload` is the limit of the channel, at most 2^32 - 1.
  explicit frame_reader(std::size_t max_payload) noexcept : max_payload_{max_payload} {}

  /// Changes the limit from the next header on. The limit depends on who the peer is, and that is known only
  /// after the handshake.
  void set_max_payload(std::size_t max_payload) noexcept { max_payload_ = max_payload; }

  /// Takes more of the stream and appends each payload that is complete to `out`. Its data() is aligned for
  /// Cap'n Proto (8 bytes). fault malformed: length 0, or other bits set in the header; limit: over the
  /// limit. After a fault the stream cannot be recovered, and the reader takes nothing more.
  status feed(byte_view stream, std::vector<bytes>& out);

  /// True between frames: a stream that ends here is not truncated.
  bool at_boundary() const noexcept { return header_size_ == 0; }
  /// Bytes allocated for the frame that is not complete yet.
  std::size_t held() const noexcept { return payload_.capacity(); }

private:
  status begin_payload() noexcept;

  std::size_t max_payload_;
  std::array<std::uint8_t, frame_header_size> header_{};
  std::size_t header_size_ = 0;
  std::size_t expected_ = 0;
  bytes payload_;
  bool broken_ = false;
};

/// Header and payload as they are sent. Caller: `payload` is not empty and within the channel's limit.
bytes make_frame(byte_view payload);

} // namespace muster::net
