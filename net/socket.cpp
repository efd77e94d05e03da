#include "net/socket.hpp"

#include <cerrno>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace muster::net {

namespace {

using steady = std::chrono::steady_clock;

struct free_addresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using address_list = std::unique_ptr<addrinfo, free_addresses>;

address_list resolve(const endpoint& where, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(where.host.c_str(), std::to_string(where.port).c_str(), &hints, &found) != 0) return {};
  return address_list{found};
}

void set_option(int fd, int level, int name) noexcept {
  const int on = 1;
  ::setsockopt(fd, level, name, &on, sizeof on);
}

fault io_fault(const char* what) {
  return {errc::io, std::string{"socket: "} + what + ": " + std::system_category().message(errno)};
}

/// Waits until `fd` is connected or refused. Returns 0 or an errno.
int wait_connected(int fd, steady::time_point until) noexcept {
  pollfd waiting{fd, POLLOUT, 0};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady::now()).count();
    if (left <= 0) return ETIMEDOUT;
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (ready < 0 && errno != EINTR) return errno;
    if (ready > 0) break;
  }
  int outcome = 0;
  socklen_t size = sizeof outcome;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &outcome, &size) == 0 ? outcome : errno;
}

} // namespace

socket_fd::~socket_fd() {
  if (fd_ >= 0) ::close(fd_);
}

socket_fd& socket_fd::operator=(socket_fd&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.release();
  }
  return *this;
}

result<socket_fd> listen_on(const endpoint& where) {
  const auto address = resolve(where, AI_NUMERICHOST | AI_PASSIVE);
  if (!address) return fault{errc::io, "socket: a listener needs a numeric address"};
  socket_fd fd{::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd.valid()) return io_fault("socket");
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  // Otherwise "::" would take IPv4 as well, and the same port on 0.0.0.0 would be refused.
  if (address->ai_family == AF_INET6) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY);
  if (::bind(fd.get(), address->ai_addr, address->ai_addrlen) != 0) return io_fault("bind");
  if (::listen(fd.get(), SOMAXCONN) != 0) return io_fault("listen");
  return fd;
}

result<endpoint> local_endpoint(const socket_fd& socket) {
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&own), &size) != 0)
    return io_fault("getsockname");
  return endpoint_of(own);
}

result<endpoint> remote_endpoint(const socket_fd& socket) {
  sockaddr_storage other{};
  socklen_t size = sizeof other;
  if (::getpeername(socket.get(), reinterpret_cast<sockaddr*>(&other), &size) != 0)
    return io_fault("getpeername");
  return endpoint_of(other);
}

result<socket_fd> connect_to(const endpoint& where, std::chrono::milliseconds deadline) {
  const auto until = steady::now() + deadline;
  const auto addresses = resolve(where, 0);
  if (!addresses) return fault{errc::not_found, "socket: the name does not resolve"};
  fault last{errc::timeout, "socket: no answer within the deadline"};
  constexpr int most_addresses = 16;
  int tried = 0;
  for (const auto* a = addresses.get(); a != nullptr && tried < most_addresses; a = a->ai_next, ++tried) {
    if (steady::now() >= until) break;
    socket_fd fd{::socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!fd.valid()) {
      last = io_fault("socket");
      continue;
    }
    int outcome = ::connect(fd.get(), a->ai_addr, a->ai_addrlen) == 0 ? 0 : errno;
    if (outcome == EINPROGRESS) outcome = wait_connected(fd.get(), until);
    if (outcome == 0) return fd;
    errno = outcome;
    last = outcome == ETIMEDOUT ? fault{errc::timeout, "socket: no answer within the deadline"}
                                : io_fault("connect");
  }
  return last;
}

endpoint endpoint_of(const sockaddr_storage& address) {
  char host[NI_MAXHOST] = "?";
  char port[NI_MAXSERV] = "0";
  const socklen_t size = address.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  ::getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
  return {host, static_cast<std::uint16_t>(std::stoul(port))};
}

} // namespace muster::net
