// One end of a hub's link, as a value: many streams over one channel (docs/protocol.md 6). It does no IO. The caller
// hands in what came (`take`), and sends what `next` returns for as long as the channel has room.
#pragma once

#include "net/link/receive_window.hpp"
#include "net/link/stream_message.hpp"

#include <deque>
#include <list>
#include <optional>
#include <unordered_map>

namespace muster::net::link {

struct link_limits {
  std::size_t streams = 50'000;          ///< at once
  std::size_t pool = 64UL * 1024 * 1024; ///< bytes beyond the first window of each stream
};

/// What both ends can do. Properties, for every order of calls and of messages:
/// - Bytes of a stream reach that stream only, in order, none twice. After `stream_end::end` none is missing.
/// - What came and is not consumed is bounded by the pool and one first window a stream.
/// - A stream whose far end consumes moves, whatever others do. One turn is at most one slice.
/// - What is sent never waits for what is read.
class link_streams {
public:
  link_streams(const link_streams&) = delete;
  link_streams& operator=(const link_streams&) = delete;

  /// Bytes for the far end of a stream, in order. Dropped if the stream is gone or closing. The caller bounds what
  /// waits (`waiting`).
  void send(stream_id stream, frame chunk);
  /// The owner of the stream has consumed this many bytes of what came.
  void consumed(stream_id stream, std::size_t n);
  /// The owner is done. With `end`, what waits is sent first; any other reason discards it. A second call may only make
  /// it quicker. Nothing of this stream comes out of `take` any more.
  void close(stream_id stream, stream_end why);

  /// What one message leads to: a stream that the far end opened, bytes, or the end of a stream.
  using event = std::variant<stream_open, stream_data, stream_close>;
  /// Any fault ends the link: malformed, a number that was never opened, or a window beyond all bounds; limit, more
  /// streams than were allowed, or data beyond their credit again and again.
  result<std::optional<event>> take(const stream_message& message);

  /// The next message to send; empty if there is none. Streams take turns. A `stream_close` is the last of its stream.
  struct sending {
    stream_message message;
    std::size_t left = 0; ///< bytes of the stream that this message takes out of what waits
  };
  std::optional<sending> next();

  std::size_t size() const noexcept { return streams_.size(); }
  bool has(stream_id stream) const { return streams_.contains(stream); }
  /// Bytes that wait to be sent on this stream.
  std::size_t waiting(stream_id stream) const;
  /// What has come beyond the first windows, or may come.
  std::size_t reserved() const noexcept { return pool_.used(); }
  std::vector<stream_id> all() const;

protected:
  enum class side : std::uint8_t { lower, upper };
  link_streams(side which, link_limits limits) noexcept
      : which_{which}, limits_{limits}, pool_{limits.pool} {}
  ~link_streams() = default;

  result<stream_id> open_next(peer_claim peer);

private:
  struct stream {
    stream_id id;
    std::optional<peer_claim> opening; // not told to the far end yet
    std::deque<frame> chunks;          // to be sent, then `tail`
    bytes tail;              // small chunks, gathered: many of one byte would cost far more than a byte each
    std::size_t offset = 0;  // bytes of the first chunk that were sent
    std::size_t waiting = 0; // bytes of both that were not
    std::size_t credit = receive_window::first; // what the far end takes
    receive_window from_far;
    std::optional<stream_end> closing; // by the owner, not told to the far end yet
    bool ready = false;                // is in `ready_`
  };
  using place = std::list<stream>::iterator;

  static bool is_over(const stream& s) noexcept;
  bool has_something(const stream& s) const noexcept;
  void look_again(place at);
  static stream_data cut_slice(stream& s);
  void drop(place at);
  place find(stream_id id) const;
  place end() const { return const_cast<std::list<stream>&>(resting_).end(); }
  place add(stream_id id);
  result<std::optional<event>> on(const stream_open& open);
  result<std::optional<event>> on(const stream_data& data);
  result<std::optional<event>> on(const stream_window& window);
  result<std::optional<event>> on(const stream_close& close);

  side which_;
  link_limits limits_;
  credit_pool pool_;
  std::list<stream> ready_;   // have something to send, in the order of their turns
  std::list<stream> resting_; // have not
  std::unordered_map<stream_id, place> streams_;
  std::uint64_t highest_ = 0;
  unsigned overdrawn_ = 0;
};

/// The end that is nearer to the agents: it opens streams.
class lower_streams final : public link_streams {
public:
  explicit lower_streams(link_limits limits) noexcept : link_streams{side::lower, limits} {}

  /// fault busy: the link has as many streams as it may have.
  result<stream_id> open(peer_claim peer) { return open_next(std::move(peer)); }
};

/// The end that is nearer to the service.
class upper_streams final : public link_streams {
public:
  explicit upper_streams(link_limits limits) noexcept : link_streams{side::upper, limits} {}
};

} // namespace muster::net::link
