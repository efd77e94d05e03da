// A pipe: an ordered stream of bytes to and from one peer, whatever carries it (today a socket; later also a
// stream of a hub's link). The owner and the carrier of a pipe exchange only these messages. Process-local.
#pragma once

#include "actors/runtime/local_message.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/ids.hpp"
#include "net/peer_origin.hpp"

#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <memory>

namespace muster::net {

/// Names one pipe of one carrier; never reused. (CAF's own handles are descriptor numbers, which are reused:
/// a late answer to a peer that left would reach the next peer.)
using pipe_id = number<struct pipe_id_tag>;

/// Bytes that several actors may hold; immutable.
using shared_bytes = std::shared_ptr<const bytes>;
inline shared_bytes share(bytes owned) { return std::make_shared<const bytes>(std::move(owned)); }

/// Why a pipe ended. `handshake` to `overdrawn` are our own limits.
enum class pipe_end : std::uint8_t {
  by_owner,  ///< the owner closed the pipe, or died
  by_peer,   ///< end of stream
  broken,    ///< reset, or another error of the network
  handshake, ///< `pipe_ready` did not come within the deadline
  crowded,   ///< another peer took its place before `pipe_ready`
  idle,      ///< the peer sent nothing for too long
  unsent,    ///< the peer does not read, and too many bytes wait for it
  overdrawn, ///< the peer sent beyond its credit (streams of hubs only)
  stopping   ///< the carrier is stopping
};
std::string_view to_string(pipe_end why) noexcept;

/// carrier to owner: the next bytes. The owner gives the credit back once it has consumed them.
struct pipe_data {
  pipe_id pipe;
  shared_bytes chunk;
};

/// carrier to owner: the last message of a pipe. Each `pipe_opened` is followed by exactly one of these.
struct pipe_closed {
  pipe_id pipe;
  pipe_end why = pipe_end::broken;
};

/// owner to carrier: bytes for the peer, in order. Dropped if the pipe is gone.
struct pipe_send {
  pipe_id pipe;
  shared_bytes chunk;
};

/// owner to carrier: this many bytes were consumed. Use `pipe_handle::consumed`, which adds up small numbers.
struct pipe_credit {
  pipe_id pipe;
  std::size_t bytes = 0;
};

/// owner to carrier: the handshake is done. The idle deadline applies from now on.
struct pipe_ready {
  pipe_id pipe;
};

/// owner to carrier: from now on the peer of this pipe may be silent for this long, whatever the limit that
/// applies to all pipes.
struct pipe_silence {
  pipe_id pipe;
  std::chrono::milliseconds allowed{0};
};

/// owner to carrier: send the bytes that still wait, then close.
struct pipe_close {
  pipe_id pipe;
};

} // namespace muster::net

MUSTER_LOCAL_MESSAGE(muster::net::pipe_data)
MUSTER_LOCAL_MESSAGE(muster::net::pipe_closed)
MUSTER_LOCAL_MESSAGE(muster::net::pipe_send)
MUSTER_LOCAL_MESSAGE(muster::net::pipe_credit)
MUSTER_LOCAL_MESSAGE(muster::net::pipe_ready)
MUSTER_LOCAL_MESSAGE(muster::net::pipe_silence)
MUSTER_LOCAL_MESSAGE(muster::net::pipe_close)

namespace muster::net {

/// OWNER of pipes: a Session, an agent's link. Its own interface extends this one.
using pipe_owner_actor = caf::typed_actor<
    // Bytes from the peer, in order.
    caf::reacts_to<pipe_data>,
    // The pipe is gone. No further message follows.
    caf::reacts_to<pipe_closed>>;

/// CARRIER of pipes: the pipe broker, a hub's link.
using pipe_carrier_actor = caf::typed_actor<
    // Bytes to the peer.
    caf::reacts_to<pipe_send>,
    // The owner consumed bytes: the peer may send more.
    caf::reacts_to<pipe_credit>,
    // The owner knows who the peer is.
    caf::reacts_to<pipe_ready>,
    // The owner knows how long the peer may be silent.
    caf::reacts_to<pipe_silence>,
    // No more bytes will come from the owner.
    caf::reacts_to<pipe_close>>;

/// A new pipe.
struct pipe_opened {
  pipe_id pipe;
  pipe_carrier_actor carrier;
  peer_origin origin;
  std::size_t listener = 0; ///< which listener of the broker accepted it, counted from 0
};

} // namespace muster::net

MUSTER_LOCAL_MESSAGE(muster::net::pipe_opened)
