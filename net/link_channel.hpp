// One end of a hub's link over a channel: hello, beats, encoding (docs/protocol.md 6). A value; no IO.
#pragma once

#include "net/channel.hpp"
#include "net/link/stream_message.hpp"

namespace muster::net {

/// The versions of the link's protocol.
inline constexpr std::uint16_t link_major = 1, link_minor = 0;

/// Which end this is. The lower one is nearer to the agents, and it connected.
enum class link_side : std::uint8_t { lower, upper };

class link_channel {
public:
  /// `own.major` and `own.minor` are set here.
  link_channel(std::unique_ptr<channel> over, link_side side, link::link_hello own);

  struct arrival {
    bool opened = false; ///< the far end's hello came with this chunk: `far()` is known
    bool closed = false; ///< the far end said goodbye
    std::vector<link::stream_message> messages;
  };
  /// Any fault ends the link: those of `channel::feed`; malformed: a message out of turn; unsupported: another major
  /// version; denied: the far end has no right to a link.
  result<arrival> feed(byte_view chunk);

  /// Caller: `ready()`.
  status send(const link::stream_message& message);
  status beat();
  void close() { over_->close(); }
  bytes take_output() { return over_->take_output(); }

  /// Both hellos are through.
  bool ready() const noexcept { return far_.has_value(); }
  /// Caller: `ready()`.
  const link::link_hello& far() const noexcept { return *far_; }
  const tls_peer& peer() const noexcept { return over_->peer(); }

private:
  status say(const link::link_message& message);
  status take(link::link_message message, arrival& out);

  std::unique_ptr<channel> over_;
  link_side side_;
  link::link_hello own_;
  std::optional<link::link_hello> far_;
};

} // namespace muster::net
