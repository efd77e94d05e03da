// Sockets of the operating system. Adapter.
#pragma once

#include "messages/vocabulary/result.hpp"
#include "net/endpoint.hpp"

#include <chrono>
#include <memory>
#include <utility>

struct sockaddr_storage;

namespace muster::net {

/// Owns one descriptor.
class socket_fd {
public:
  socket_fd() noexcept = default;
  explicit socket_fd(int fd) noexcept : fd_{fd} {}
  ~socket_fd();
  socket_fd(socket_fd&& other) noexcept : fd_{other.release()} {}
  socket_fd& operator=(socket_fd&& other) noexcept;
  socket_fd(const socket_fd&) = delete;
  socket_fd& operator=(const socket_fd&) = delete;

  int get() const noexcept { return fd_; }
  bool valid() const noexcept { return fd_ >= 0; }
  int release() noexcept { return std::exchange(fd_, -1); }

private:
  int fd_ = -1;
};

/// A descriptor inside a message, which CAF may copy or drop: the last holder closes it.
using shared_socket = std::shared_ptr<socket_fd>;

/// Listens on a numeric IPv4 or IPv6 address ("0.0.0.0" and "::" mean all addresses of that family only).
/// fault io: not a numeric address, the address is in use or not ours, or no permission.
result<socket_fd> listen_on(const endpoint& where);

/// The numeric form of an IPv4 or IPv6 address.
endpoint endpoint_of(const sockaddr_storage& address);

/// The address of a listener, with the port that the kernel chose.
result<endpoint> local_endpoint(const socket_fd& socket);
/// The address of the peer.
result<endpoint> remote_endpoint(const socket_fd& socket);

/// Resolves `where` and tries its addresses one after the other, at most 16, until `deadline` has passed.
/// Blocks: for detached actors only (the resolver's own timeouts add to the deadline). The socket is
/// non-blocking. fault not_found: the name does not resolve; timeout; io: no address accepted.
result<socket_fd> connect_to(const endpoint& where, std::chrono::milliseconds deadline);

} // namespace muster::net
