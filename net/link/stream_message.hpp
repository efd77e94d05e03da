// What the two ends of a hub's link tell each other, and their encoding (schemas/link.capnp, docs/protocol.md 6).
#pragma once

#include "messages/frame.hpp"
#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace muster::net::link {

/// Names one stream of one instance of a link. Numbers rise and are never used again.
using stream_id = number<struct stream_id_tag>;

/// The most bytes of one frame, of a peer's address, and of hubs in a path.
inline constexpr std::size_t largest_slice = 16UL * 1024;
inline constexpr std::size_t longest_peer = 128;
inline constexpr std::size_t deepest_path = 7;

/// Why a stream ends. After `end` every byte has come; any other reason may discard bytes.
enum class stream_end : std::uint8_t { end, broken, busy, overdrawn, silent, stopping };
std::string_view to_string(stream_end why) noexcept;

/// What hubs say of a peer: shown to people and logged, never used to admit, limit or block.
struct peer_claim {
  std::string address;           ///< printable
  std::vector<std::string> path; ///< ids of hubs, the lowest first

  friend bool operator==(const peer_claim&, const peer_claim&) = default;
};

/// The first message each way.
struct link_hello {
  std::uint16_t major = 0, minor = 0;
  std::string software;      ///< printable
  std::uint32_t streams = 0; ///< the most that the sender takes at once
};

/// Says that the sender lives.
struct link_beat {};

struct stream_open {
  stream_id stream;
  peer_claim peer;
};
struct stream_data {
  stream_id stream;
  frame body;                ///< 1 byte to `largest_slice`
  std::uint32_t waiting = 0; ///< bytes that the sender could send after these
};
struct stream_window {
  stream_id stream;
  std::uint32_t more = 0; ///< at least 1
};
struct stream_close {
  stream_id stream;
  stream_end why = stream_end::end;
};

/// What concerns one stream.
using stream_message = std::variant<stream_open, stream_data, stream_window, stream_close>;
/// What a link carries.
using link_message = std::variant<link_hello, link_beat, stream_message>;

/// Reads a frame from below (`up`: towards the service) or from above (`down`, where no stream is opened).
/// `stream_data::body` shares the frame's buffer. fault malformed: not such a message, or a value out of its bounds.
result<link_message> parse_up(frame from_below);
result<link_message> parse_down(frame from_above);

bytes make_up(const link_message& message);
/// Caller: never a `stream_open`, for which this direction has no encoding.
bytes make_down(const link_message& message);

} // namespace muster::net::link
