// Sockets of the operating system, and who is at their ends. Adapter.
#pragma once

#include "messages/vocabulary/endpoint.hpp"
#include "net/peer_origin.hpp"

#include <memory>
#include <sys/socket.h>
#include <utility>

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

/// fault io: "socket: WHAT: " and the system's error (errno).
fault io_fault(const char* what);
/// What errno says about a vsock that could not be made.
fault no_vsock();

/// The numeric form of an address.
endpoint endpoint_of(const sockaddr_storage& address);

/// The address of a listener, with the port that the kernel chose.
result<endpoint> local_endpoint(const socket_fd& socket);
/// The address of the peer.
result<endpoint> remote_endpoint(const socket_fd& socket);

/// Who is at the other end of an accepted connection, as the kernel recorded it. `from`: as accept(2) gave it.
peer_origin origin_of(const socket_fd& connection, const sockaddr_storage& from);

} // namespace muster::net
