#include "net/socket.hpp"

#include <cerrno>
#include <cstring>
#include <linux/vm_sockets.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace muster::net {

namespace {

address_key key_of(const sockaddr_storage& from) noexcept {
  if (from.ss_family == AF_INET6) {
    const auto& raw = reinterpret_cast<const sockaddr_in6&>(from).sin6_addr.s6_addr;
    return address_key::from_ipv6(std::span<const std::uint8_t, 16>{raw});
  }
  const auto& raw = reinterpret_cast<const sockaddr_in&>(from).sin_addr.s_addr;
  return address_key::from_ipv4(
      std::span<const std::uint8_t, 4>{reinterpret_cast<const std::uint8_t*>(&raw), 4});
}

tcp_address numeric_form(const sockaddr_storage& address) {
  char host[NI_MAXHOST] = "?";
  char port[NI_MAXSERV] = "0";
  const socklen_t size = address.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  ::getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
  return {host, static_cast<std::uint16_t>(std::stoul(port))};
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

fault io_fault(const char* what) {
  return {errc::io, std::string{"socket: "} + what + ": " + std::system_category().message(errno)};
}

fault no_vsock() {
  if (errno != EAFNOSUPPORT) return io_fault("socket");
  return {
      errc::unsupported,
      "socket: no vsock here: load the kernel's module (modprobe vsock), and let RestrictAddressFamilies= "
      "of the unit name AF_VSOCK"};
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

endpoint endpoint_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_UNIX) {
    const auto& path = reinterpret_cast<const sockaddr_un&>(address).sun_path;
    return unix_address{{path, ::strnlen(path, sizeof path)}};
  }
  if (address.ss_family == AF_VSOCK) {
    const auto& vm = reinterpret_cast<const sockaddr_vm&>(address);
    return vsock_address{vm.svm_cid, vm.svm_port};
  }
  return numeric_form(address);
}

peer_origin origin_of(const socket_fd& connection, const sockaddr_storage& from) {
  if (from.ss_family == AF_UNIX) {
    ucred who{};
    socklen_t size = sizeof who;
    // It cannot fail on a connected Unix socket. If it did, the peer would count as uid -1, which nobody has.
    if (::getsockopt(connection.get(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
      who.uid = static_cast<uid_t>(-1);
    return peer_origin::of_user(who.uid);
  }
  if (from.ss_family == AF_VSOCK) {
    const auto& vm = reinterpret_cast<const sockaddr_vm&>(from);
    return peer_origin::of_machine({vm.svm_cid, vm.svm_port});
  }
  return peer_origin::of_network(numeric_form(from), key_of(from));
}

} // namespace muster::net
