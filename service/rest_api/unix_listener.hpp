// A listening Unix socket with its file, and the identity of a connection's peer.
#pragma once

#include "messages/vocabulary/result.hpp"
#include "net/unix_file.hpp"

#include <string>
#include <sys/types.h>

namespace muster::service::rest_api {

/// Owns the descriptor and the file, which it removes.
class unix_listener {
public:
  /// Listens on `path` with mode 0660. The file belongs to `group` (empty: the group of the process) before
  /// any client can connect. A socket file without a listening process is replaced.
  /// fault conflict: another process listens there; malformed: the path is empty or longer than 107 bytes, or
  /// the file is not a socket; not_found: no such group; io: the operating system refused.
  static result<unix_listener> open(const std::string& path, const std::string& group);

  int descriptor() const noexcept { return made_.socket.get(); }

private:
  explicit unix_listener(net::unix_listening made) noexcept : made_{std::move(made)} {}

  net::unix_listening made_;
};

/// The id of a group of this machine, by the name that the setting `socket_group` has. fault not_found; io:
/// the group database cannot be read.
result<gid_t> group_of(const std::string& name);

/// The process that connected, as the kernel recorded it at that time (SO_PEERCRED, unix(7)).
struct peer {
  uid_t uid = static_cast<uid_t>(-1);
  pid_t pid = 0;
};

result<peer> peer_of(int connection);

/// "uid=0 pid=123".
std::string to_string(const peer& who);

} // namespace muster::service::rest_api
