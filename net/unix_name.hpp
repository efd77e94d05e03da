// A path as the name of a Unix socket.
#pragma once

#include <cstring>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>

namespace muster::net {

/// None if the path is empty, longer than 107 bytes, or holds a NUL.
inline std::optional<sockaddr_un> unix_name(const std::string& path) noexcept {
  sockaddr_un out{};
  if (path.empty() || path.size() >= sizeof out.sun_path || path.find('\0') != std::string::npos)
    return std::nullopt;
  out.sun_family = AF_UNIX;
  std::memcpy(out.sun_path, path.data(), path.size());
  return out;
}

template <class Address> const sockaddr* generic(const Address& address) noexcept {
  return reinterpret_cast<const sockaddr*>(&address);
}

} // namespace muster::net
