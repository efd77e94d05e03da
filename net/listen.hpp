// Where peers connect to us. Adapter.
#pragma once

#include "net/unix_file.hpp"

namespace muster::net {

/// A socket that listens. The file of a Unix socket is removed when it ends.
struct listening_socket {
  socket_fd socket;
  unix_file file; ///< empty: not of a Unix socket
};

/// A listener inside a message, which CAF may copy or drop: the last holder closes it.
using shared_listener = std::shared_ptr<listening_socket>;

/// Whoever reaches the file may connect, as whoever reaches a port: a session begins with TLS in any case.
inline constexpr mode_t agents_socket_mode = 0666;

/// Listens on a numeric IPv4 or IPv6 address ("0.0.0.0" and "::" mean all addresses of that family only), on a
/// Unix socket, whose file gets `agents_socket_mode`, or on a port of vsock. A stale socket file is replaced.
/// fault conflict: it is in use; malformed: the file is not a socket; unsupported: this kernel has no vsock;
/// io: not a numeric address, not our address, or no permission.
result<listening_socket> listen_on(const endpoint& where);

/// Whether `listen_on` would succeed now; leaves everything as it is. Same faults.
status try_to_listen(const endpoint& where);

} // namespace muster::net
