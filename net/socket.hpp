// Sockets of the operating system: made, never left behind. Adapter.
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

/// A descriptor on its way through a message, which CAF may copy or drop: whoever is last closes it.
using shared_socket = std::shared_ptr<socket_fd>;

/// Listens on a numeric IPv4 or IPv6 address ("0.0.0.0" and "::" are everything of that family only).
/// fault io: address in use, not ours, or no permission.
result<socket_fd> listen_on(const endpoint& where);

/// An IPv4 or IPv6 address in numbers.
endpoint endpoint_of(const sockaddr_storage& address);

/// The address that a listener got, with the port that the kernel chose.
result<endpoint> local_endpoint(const socket_fd& socket);
/// The address of whom it is connected to.
result<endpoint> remote_endpoint(const socket_fd& socket);

/// Resolves `where` and tries its addresses in turn until `deadline` has passed. Blocks: for detached actors
/// only (the resolver's own timeouts come on top). The socket is non-blocking.
/// fault not_found: the name does not resolve; timeout; io: nobody accepted.
result<socket_fd> connect_to(const endpoint& where, std::chrono::milliseconds deadline);

} // namespace muster::net
