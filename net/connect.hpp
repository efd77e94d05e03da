// How we connect to peers. Adapter.
#pragma once

#include "net/proxy/credentials.hpp"
#include "net/socket.hpp"

#include <chrono>
#include <memory>

namespace muster::net {

/// A proxy, and what it is shown. Nobody else is shown the credentials.
struct proxy_route {
  proxy_endpoint proxy;
  std::shared_ptr<const proxy_credentials> credentials; ///< null: it wants none
};

/// Connects within `deadline`. A TCP name is resolved, and its addresses, at most 16, are tried one after the
/// other. Blocks: for detached actors only (the resolver's own timeouts add to the deadline). The socket is
/// non-blocking.
/// fault not_found: the name does not resolve, or there is no such file; denied: this user may not open the
/// file; unsupported: this kernel has no vsock; timeout; io: nobody accepts.
result<socket_fd> connect_to(const endpoint& where, std::chrono::milliseconds deadline);

/// As above, but through the proxy, which resolves the name; the deadline is for all of it. No byte that comes
/// after the proxy's answer has been read. The fault begins with the proxy and says the remedy; its code is
/// also denied: the proxy refuses; busy: it cannot connect now; malformed: it is no such proxy.
result<socket_fd> connect_through(const proxy_route& via, const tcp_address& where,
                                  std::chrono::milliseconds deadline);

} // namespace muster::net
