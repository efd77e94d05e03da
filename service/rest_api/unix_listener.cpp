#include "service/rest_api/unix_listener.hpp"

#include "files/descriptor.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <cerrno>
#include <cstring>
#include <grp.h>
#include <optional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace muster::service::rest_api {

namespace {

constexpr mode_t socket_mode = 0660;
constexpr int queue_length = 256;

fault refused(const std::string& path, const char* doing) {
  return {errc::io, "socket " + path + ": " + doing + ": " + std::strerror(errno)};
}

std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un out{};
  if (path.empty() || path.size() >= sizeof out.sun_path || path.find('\0') != std::string::npos)
    return std::nullopt;
  out.sun_family = AF_UNIX;
  std::memcpy(out.sun_path, path.data(), path.size());
  return out;
}

const sockaddr* generic(const sockaddr_un& address) noexcept {
  return reinterpret_cast<const sockaddr*>(&address);
}

/// Removes the socket file that an ended process left.
status make_way(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return {};
    return refused(path, "look at");
  }
  if (!S_ISSOCK(found.st_mode))
    return fault{errc::malformed, "socket " + path + ": there is a file that is not a socket; remove it"};
  const files::descriptor probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (probe.get() < 0) return refused(path, "socket");
  if (::connect(probe.get(), generic(address), sizeof address) == 0 || errno == EAGAIN)
    return fault{errc::conflict, "socket " + path + ": another process listens there"};
  if (errno != ECONNREFUSED) return refused(path, "connect");
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return refused(path, "remove the old one");
  return {};
}

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
  const auto address = address_of(path);
  if (!address) return fault{errc::malformed, "socket: a path of 1 to 107 bytes"};
  std::optional<gid_t> owner;
  if (!group.empty()) {
    const auto known = group_of(group);
    if (!known) return known.fault();
    owner = *known;
  }
  if (const auto free = make_way(path, *address); !free) return free.fault();
  files::descriptor fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (fd.get() < 0) return refused(path, "socket");
  // Linux creates the file with the mode of the socket, so it is never open to others.
  if (::fchmod(fd.get(), socket_mode) != 0) return refused(path, "mode");
  if (::bind(fd.get(), generic(*address), sizeof *address) != 0) {
    if (errno != ENOENT) return refused(path, "bind");
    return fault{errc::io, "socket " + path + ": its folder is missing: make "
                               + path.substr(0, path.rfind('/')) + " (systemd does, by RuntimeDirectory=)"};
  }
  unix_listener out{fd.release(), path};
  struct stat made {};
  if (::lstat(path.c_str(), &made) != 0) return refused(path, "look at");
  out.device_ = made.st_dev;
  out.inode_ = made.st_ino;
  if (owner && ::lchown(path.c_str(), static_cast<uid_t>(-1), *owner) != 0) return refused(path, "group");
  if (::chmod(path.c_str(), socket_mode) != 0) return refused(path, "mode"); // undoes the umask
  if (::listen(out.fd_, queue_length) != 0) return refused(path, "listen");
  return out;
}

unix_listener::~unix_listener() {
  if (fd_ < 0) return;
  struct stat now {};
  if (::lstat(path_.c_str(), &now) == 0 && now.st_dev == device_ && now.st_ino == inode_)
    ::unlink(path_.c_str());
  ::close(fd_);
}

unix_listener::unix_listener(unix_listener&& other) noexcept
    : fd_{std::exchange(other.fd_, -1)}, path_{std::move(other.path_)}, device_{other.device_},
      inode_{other.inode_} {}

unix_listener& unix_listener::operator=(unix_listener&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(path_, other.path_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  return *this;
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
