#include "net/unix_file.hpp"

#include "messages/vocabulary/endpoint.hpp"
#include "net/unix_name.hpp"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace muster::net {

namespace {

constexpr int queue_length = 256;

fault refused(const char* doing) { return {errc::io, std::string{doing} + ": " + std::strerror(errno)}; }

fault no_folder(const std::string& path) {
  return {errc::io, "its folder is missing: make " + printable(path.substr(0, path.rfind('/')))
                        + " (systemd does, by RuntimeDirectory=)"};
}

/// Whether nothing is at this path (false), or the socket of a process that ended (true).
result<bool> is_stale(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return false;
    return refused("look at");
  }
  if (!S_ISSOCK(found.st_mode))
    return fault{errc::malformed, "there is a file that is not a socket; remove it"};
  const socket_fd probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!probe.valid()) return refused("socket");
  if (::connect(probe.get(), generic(address), sizeof address) == 0 || errno == EAGAIN)
    return fault{errc::conflict, "another process listens there"};
  if (errno != ECONNREFUSED) return refused("connect");
  return true;
}

fault no_name() { return {errc::malformed, "a path of 1 to 107 bytes"}; }

} // namespace

unix_file& unix_file::operator=(unix_file&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  return *this;
}

void unix_file::remove() noexcept {
  if (path_.empty()) return;
  struct stat now {};
  if (::lstat(path_.c_str(), &now) == 0 && now.st_dev == device_ && now.st_ino == inode_)
    ::unlink(path_.c_str());
  path_.clear();
}

result<unix_listening> listen_on_file(const std::string& path, mode_t mode, std::optional<gid_t> group) {
  const auto address = unix_name(path);
  if (!address) return no_name();
  const auto stale = is_stale(path, *address);
  if (!stale) return stale.fault();
  if (*stale && ::unlink(path.c_str()) != 0 && errno != ENOENT) return refused("remove the old one");
  unix_listening out;
  out.socket = socket_fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const int fd = out.socket.get();
  if (fd < 0) return refused("socket");
  // Linux creates the file with the mode of the socket, so it is never open to others.
  if (::fchmod(fd, mode) != 0) return refused("mode");
  if (::bind(fd, generic(*address), sizeof *address) != 0)
    return errno == ENOENT ? no_folder(path) : refused("bind");
  struct stat made {};
  if (::lstat(path.c_str(), &made) != 0) return refused("look at");
  out.file = unix_file{path, made.st_dev, made.st_ino};
  if (group && ::lchown(path.c_str(), static_cast<uid_t>(-1), *group) != 0) return refused("group");
  if (::chmod(path.c_str(), mode) != 0) return refused("mode"); // undoes the umask
  if (::listen(fd, queue_length) != 0) return refused("listen");
  return out;
}

status look_at_place(const std::string& path) {
  const auto address = unix_name(path);
  if (!address) return no_name();
  if (const auto stale = is_stale(path, *address); !stale) return stale.fault();
  const auto folder = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
  if (::access(folder.c_str(), W_OK | X_OK) == 0) return {};
  return errno == ENOENT ? no_folder(path) : refused("its folder");
}

} // namespace muster::net
