#include "net/listen.hpp"

#include "net/resolve.hpp"
#include "net/unix_name.hpp"

#include <cerrno>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace muster::net {

namespace {

void set_option(int fd, int level, int name) noexcept {
  const int on = 1;
  ::setsockopt(fd, level, name, &on, sizeof on);
}

result<listening_socket> bound(socket_fd fd, const sockaddr* address, socklen_t size) {
  if (::bind(fd.get(), address, size) != 0) {
    const bool taken = errno == EADDRINUSE;
    auto why = io_fault("bind");
    if (taken) why.code = errc::conflict;
    return why;
  }
  if (::listen(fd.get(), SOMAXCONN) != 0) return io_fault("listen");
  return listening_socket{std::move(fd), {}};
}

result<listening_socket> listen_at(const tcp_address& where) {
  const auto address = resolve(where, AI_NUMERICHOST | AI_PASSIVE);
  if (!address) return fault{errc::io, "socket: a listener needs a numeric address"};
  socket_fd fd{::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd.valid()) return io_fault("socket");
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  // Otherwise "::" would take IPv4 as well, and the same port on 0.0.0.0 would be refused.
  if (address->ai_family == AF_INET6) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY);
  return bound(std::move(fd), address->ai_addr, address->ai_addrlen);
}

result<listening_socket> listen_at(const unix_address& where) {
  auto made = listen_on_file(where.path, agents_socket_mode, std::nullopt);
  if (!made) return made.fault();
  return listening_socket{std::move(made->socket), std::move(made->file)};
}

result<listening_socket> listen_at(const vsock_address& where) {
  socket_fd fd{::socket(AF_VSOCK, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!fd.valid()) return no_vsock();
  sockaddr_vm address{};
  address.svm_family = AF_VSOCK;
  address.svm_cid = where.cid;
  address.svm_port = where.port == 0 ? VMADDR_PORT_ANY : where.port;
  return bound(std::move(fd), generic(address), sizeof address);
}

} // namespace

result<listening_socket> listen_on(const endpoint& where) {
  return std::visit([](const auto& one) { return listen_at(one); }, where.at);
}

status try_to_listen(const endpoint& where) {
  if (const auto* file = std::get_if<unix_address>(&where.at)) return look_at_place(file->path);
  const auto tried = listen_on(where);
  return tried ? status{} : status{tried.fault()};
}

} // namespace muster::net
