#include "service/rest_api/unix_listener.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <cerrno>
#include <cstring>
#include <grp.h>
#include <optional>
#include <sys/socket.h>
#include <vector>

namespace muster::service::rest_api {

namespace {

constexpr mode_t socket_mode = 0660;

} // namespace

result<gid_t> group_of(const std::string& name) {
  std::vector<char> space(16384);
  group entry{};
  group* found = nullptr;
  const int error = ::getgrnam_r(name.c_str(), &entry, space.data(), space.size(), &found);
  const auto named = "socket_group: " + printable(name) + ": ";
  if (error != 0) return fault{errc::io, named + std::strerror(error)};
  if (found == nullptr)
    return fault{errc::not_found,
                 named + "there is no such group; make it (groupadd --system), or name another"};
  return entry.gr_gid;
}

result<unix_listener> unix_listener::open(const std::string& path, const std::string& group) {
  std::optional<gid_t> owner;
  if (!group.empty()) {
    const auto known = group_of(group);
    if (!known) return known.fault();
    owner = *known;
  }
  auto made = net::listen_on_file(path, socket_mode, owner);
  if (!made) return fault{made.fault().code, "socket " + printable(path) + ": " + made.fault().check};
  return unix_listener{std::move(*made)};
}

result<peer> peer_of(int connection) {
  ucred found{};
  socklen_t size = sizeof found;
  if (::getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &found, &size) != 0)
    return fault{errc::io, std::string{"peer: "} + std::strerror(errno)};
  return peer{found.uid, found.pid};
}

std::string to_string(const peer& who) {
  return "uid=" + std::to_string(who.uid) + " pid=" + std::to_string(who.pid);
}

} // namespace muster::service::rest_api
