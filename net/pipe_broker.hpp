// Sockets as pipes: accepts, reads, writes and cuts on CAF's multiplexer; knows nothing of TLS or frames.
#pragma once

#include "actors/runtime/local_message.hpp"
#include "actors/runtime/log.hpp"
#include "net/accept_limiter.hpp"
#include "net/listen.hpp"
#include "net/pipe.hpp"

#include <caf/io/typed_broker.hpp>

#include <chrono>
#include <functional>

namespace muster::net {

/// The limits on peers. A peer that exceeds one is cut and counted.
struct pipe_limits {
  std::size_t pipes = 10'000;              ///< in total; well below RLIMIT_NOFILE
  std::size_t half_open = 256;             ///< pipes without `pipe_ready` yet
  std::size_t half_open_each = 64;         ///< of these, from one address
  accept_rate accepts{};                   ///< for each address
  std::size_t unacknowledged = 256 * 1024; ///< bytes towards an owner; at the limit, reading pauses
  std::size_t unsent = 8 * 1024 * 1024;    ///< bytes towards a peer
  std::chrono::milliseconds handshake{10'000};
  std::chrono::milliseconds idle{30'000};
  std::chrono::milliseconds drain{2'000};      ///< for the last bytes of a closing pipe
  std::chrono::milliseconds accept_pause{250}; ///< when the process is out of descriptors or memory
};

/// Counts since the start, except for `open` and `half_open`, which are the current numbers.
struct pipe_counters {
  std::uint64_t accepted = 0, adopted = 0, closed = 0;
  std::uint64_t open = 0, half_open = 0;
  std::uint64_t refused_pipes = 0, refused_half_open = 0, refused_rate = 0, refused_by_owner = 0;
  std::uint64_t cut_crowded = 0, cut_handshake = 0, cut_idle = 0, cut_unsent = 0;
  std::uint64_t accept_pauses = 0;
  std::uint64_t bytes_in = 0, bytes_out = 0;
};

/// Take over a connected socket for `owner`.
struct pipe_adopt {
  shared_socket socket;
  pipe_owner_actor owner;
};
/// Other limits from now on. Only these change: pipes, half_open, half_open_each, accepts, handshake and idle. Idle
/// never gets shorter: a peer keeps the interval that it was given until it gets another. Pipes that are open stay so,
/// even if they are more than `pipes`; of those in their handshake, the ones that are too many are cut.
struct pipe_change {
  pipe_limits limits;
};
struct pipe_count {};
struct pipe_stop_accepting {};

} // namespace muster::net

MUSTER_LOCAL_MESSAGE(muster::net::pipe_counters)
MUSTER_LOCAL_MESSAGE(muster::net::pipe_limits)
MUSTER_LOCAL_MESSAGE(muster::net::pipe_change)
MUSTER_LOCAL_MESSAGE(muster::net::pipe_adopt)
MUSTER_LOCAL_MESSAGE(muster::net::pipe_count)
MUSTER_LOCAL_MESSAGE(muster::net::pipe_stop_accepting)

namespace muster::net {

/// PIPE BROKER: carrier of pipes over sockets. When it exits, every owner gets `pipe_closed{stopping}`.
using pipe_broker_actor = pipe_carrier_actor::extend<
    // A socket that we dialled becomes a pipe; its owner is known from the start.
    caf::replies_to<pipe_adopt>::with<pipe_opened>,
    // The settings changed.
    caf::reacts_to<pipe_change>,
    // The current counters.
    caf::replies_to<pipe_count>::with<pipe_counters>,
    // Closes the listeners. Answered when no new pipe can be accepted. Open pipes stay open.
    caf::replies_to<pipe_stop_accepting>::with<pipe_counters>>;

/// Spawns the owner of a pipe that was just accepted. It runs on the I/O thread, so it must return at once. A
/// null owner refuses the peer.
using pipe_acceptor = std::function<pipe_owner_actor(const pipe_opened&)>;

/// The broker's dependencies. `listeners` may be empty (agents only dial).
struct pipe_broker_deps {
  std::vector<shared_listener> listeners;
  pipe_acceptor accept;
  pipe_limits limits;
  runtime::log log;
};

/// Spawns the broker on the I/O thread of `system`. Caller: `system` was made with `io_config`.
pipe_broker_actor spawn_pipe_broker(caf::actor_system& system, pipe_broker_deps deps);

} // namespace muster::net
