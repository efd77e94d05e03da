// The file of a listening Unix socket. Adapter.
#pragma once

#include "net/socket.hpp"

#include <optional>
#include <string>
#include <sys/types.h>

namespace muster::net {

/// Removes the file when it ends, if it is still the one that we made.
class unix_file {
public:
  unix_file() noexcept = default;
  unix_file(std::string path, dev_t device, ino_t inode) noexcept
      : path_{std::move(path)}, device_{device}, inode_{inode} {}
  ~unix_file() { remove(); }
  unix_file(unix_file&& other) noexcept
      : path_{std::exchange(other.path_, {})}, device_{other.device_}, inode_{other.inode_} {}
  unix_file& operator=(unix_file&& other) noexcept;
  unix_file(const unix_file&) = delete;
  unix_file& operator=(const unix_file&) = delete;

  void remove() noexcept;

private:
  std::string path_; ///< empty: there is none
  dev_t device_ = 0; ///< together with `inode_`: which file is ours
  ino_t inode_ = 0;
};

struct unix_listening {
  socket_fd socket;
  unix_file file;
};

/// Listens on `path`. The file has `mode`, and belongs to `group` if there is one, before any client can
/// connect. A socket file without a listening process is replaced.
/// fault conflict: another process listens there; malformed: the path is empty or longer than 107 bytes, or the
/// file is not a socket; io: the operating system refused. The caller puts the path before the sentence.
result<unix_listening> listen_on_file(const std::string& path, mode_t mode, std::optional<gid_t> group);

/// Whether `listen_on_file` would find its place free; changes nothing.
status look_at_place(const std::string& path);

} // namespace muster::net
