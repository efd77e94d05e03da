#include "net/connect.hpp"

#include "net/proxy/http_connect.hpp"
#include "net/proxy/socks5.hpp"
#include "net/resolve.hpp"
#include "net/unix_name.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace muster::net {

namespace {

using steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

fault too_late() { return {errc::timeout, "socket: no answer within the deadline"}; }

milliseconds left(steady::time_point until) { return std::chrono::ceil<milliseconds>(until - steady::now()); }

/// Waits for one of these events. Returns 0 or an errno.
int wait_for(int fd, short events, steady::time_point until) noexcept {
  pollfd waiting{fd, events, 0};
  while (true) {
    const auto time = left(until).count();
    if (time <= 0) return ETIMEDOUT;
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(time, 60'000)));
    if (ready < 0 && errno != EINTR) return errno;
    if (ready > 0) return 0;
  }
}

/// Returns 0 or an errno.
int connect_socket(int fd, const sockaddr* address, socklen_t size, steady::time_point until) noexcept {
  if (::connect(fd, address, size) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (const int failed = wait_for(fd, POLLOUT, until); failed != 0) return failed;
  int outcome = 0;
  socklen_t length = sizeof outcome;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &outcome, &length) == 0 ? outcome : errno;
}

fault of_outcome(int error) {
  if (error == ETIMEDOUT) return too_late();
  errno = error;
  return io_fault("connect");
}

result<socket_fd> reach(const tcp_address& where, steady::time_point until) {
  const auto addresses = resolve(where, 0);
  if (!addresses) return fault{errc::not_found, "socket: the name does not resolve"};
  fault last = too_late();
  constexpr int most_addresses = 16;
  int tried = 0;
  for (const auto* a = addresses.get(); a != nullptr && tried < most_addresses; a = a->ai_next, ++tried) {
    if (left(until).count() <= 0) break;
    socket_fd fd{::socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!fd.valid()) {
      last = io_fault("socket");
      continue;
    }
    const int outcome = connect_socket(fd.get(), a->ai_addr, a->ai_addrlen, until);
    if (outcome == 0) return fd;
    last = of_outcome(outcome);
  }
  return last;
}

result<socket_fd> reach(const unix_address& where, steady::time_point until) {
  const auto address = unix_name(where.path);
  if (!address) return fault{errc::malformed, "a path of 1 to 107 bytes"};
  // A non-blocking connect(2) does not wait for a place in the listener's queue; a blocking one does, for as
  // long as SO_SNDTIMEO allows.
  socket_fd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!fd.valid()) return io_fault("socket");
  const auto time = left(until).count();
  if (time <= 0) return too_late();
  const timeval limit{time / 1000, (time % 1000) * 1000};
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0) return io_fault("socket");
  if (::connect(fd.get(), generic(*address), sizeof *address) != 0) {
    const int error = errno;
    if (error == EAGAIN || error == EINTR) return too_late();
    auto why = io_fault("connect");
    if (error == ENOENT) why.code = errc::not_found;
    if (error == EACCES) why.code = errc::denied;
    return why;
  }
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0) return io_fault("socket");
  return fd;
}

result<socket_fd> reach(const vsock_address& where, steady::time_point until) {
  if (left(until).count() <= 0) return too_late();
  socket_fd fd{::socket(AF_VSOCK, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd.valid()) return no_vsock();
  sockaddr_vm address{};
  address.svm_family = AF_VSOCK;
  address.svm_cid = where.cid;
  address.svm_port = where.port;
  const int outcome = connect_socket(fd.get(), generic(address), sizeof address, until);
  if (outcome == 0) return fd;
  return of_outcome(outcome);
}

status send_all(int fd, byte_view what, steady::time_point until) {
  while (!what.empty()) {
    const auto n = ::send(fd, what.data(), what.size(), MSG_NOSIGNAL);
    if (n >= 0) {
      what = what.subspan(static_cast<std::size_t>(n));
      continue;
    }
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return io_fault("send");
    if (const int failed = wait_for(fd, POLLOUT, until); failed != 0)
      return fault{errc::timeout, "it does not answer within the deadline"};
  }
  return {};
}

/// Talks to the proxy until it has connected us. Bytes are looked at before they are taken, so those of the
/// service stay in the socket.
template <class Way> status negotiate(int fd, Way& talk, steady::time_point until) {
  bytes space(2048);
  while (true) {
    if (auto sent = send_all(fd, talk.take_output().view(), until); !sent) return sent;
    if (talk.open()) return {};
    const auto n = ::recv(fd, space.data(), space.size(), MSG_PEEK);
    if (n == 0) return talk.ended();
    if (n < 0) {
      if (errno == ECONNRESET) return talk.ended();
      if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return io_fault("recv");
      if (wait_for(fd, POLLIN, until) != 0)
        return fault{errc::timeout, "it does not answer within the deadline; see its log"};
      continue;
    }
    const auto used = talk.feed(byte_view{space}.first(static_cast<std::size_t>(n)));
    if (!used) return used.fault();
    if (::recv(fd, space.data(), *used, 0) != static_cast<ssize_t>(*used)) return io_fault("recv");
  }
}

template <class Way>
status ask(int fd, const tcp_address& where, const proxy_credentials* own, steady::time_point until) {
  auto talk = Way::ask(where, own);
  if (!talk) return talk.fault();
  return negotiate(fd, *talk, until);
}

} // namespace

result<socket_fd> connect_to(const endpoint& where, milliseconds deadline) {
  const auto until = steady::now() + deadline;
  return std::visit([until](const auto& one) { return reach(one, until); }, where.at);
}

result<socket_fd> connect_through(const proxy_route& via, const tcp_address& where, milliseconds deadline) {
  const auto until = steady::now() + deadline;
  const auto named = [&via](const fault& why) {
    return fault{why.code, "proxy " + to_string(via.proxy) + ": " + why.check};
  };
  auto fd = reach(via.proxy.at, until);
  if (!fd) return named(fd.fault());
  const auto* own = via.credentials.get();
  const auto asked = via.proxy.how == proxy_endpoint::way::http_connect
                         ? ask<http_connect>(fd->get(), where, own, until)
                         : ask<socks5>(fd->get(), where, own, until);
  if (!asked) return named(asked.fault());
  return fd;
}

} // namespace muster::net
