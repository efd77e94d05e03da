// Connects to a peer. Detached: resolving and connecting block.
#pragma once

#include "actors/runtime/local_message.hpp"
#include "actors/runtime/log.hpp"
#include "net/connect.hpp"
#include "net/pipe_broker.hpp"

#include <optional>

namespace muster::net {

/// Connect to `where` within `deadline`; the pipe belongs to `owner`.
struct dial {
  endpoint where;
  std::chrono::milliseconds deadline{10'000};
  pipe_owner_actor owner;
};

/// The pipe, or why there is none. TLS has not begun: the owner sends the first flight.
struct dialled {
  result<pipe_opened> pipe;
};

} // namespace muster::net

MUSTER_LOCAL_MESSAGE(muster::net::dial)
MUSTER_LOCAL_MESSAGE(muster::net::dialled)

namespace muster::net {

/// DIALER: makes one connection at a time, each within its deadline.
using dialer_actor = caf::typed_actor<
    // Always answered. The resolver's own timeouts may add to the deadline.
    caf::replies_to<dial>::with<dialled>>;

/// Spawned detached; ends when `broker` does. TCP addresses are dialled `via` the proxy if there is one.
dialer_actor spawn_dialer(caf::actor_system& system, pipe_broker_actor broker, runtime::log log,
                          std::optional<proxy_route> via = std::nullopt);

} // namespace muster::net
