#include "net/resolve.hpp"

#include <sys/socket.h>

namespace muster::net {

address_list resolve(const tcp_address& where, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(where.host.c_str(), std::to_string(where.port).c_str(), &hints, &found) != 0) return {};
  return address_list{found};
}

} // namespace muster::net
