// Whether the files and folders that a program needs are there, and closed to others. Pure.
#pragma once

#include "checkup/line.hpp"

#include <cstdint>

namespace muster::checkup {

enum class path_kind : std::uint8_t { unseen = 0, absent, folder, socket, file, device, other };

/// What this user sees of one path; links are followed.
struct path_facts {
  std::string path;                   ///< printable
  path_kind kind = path_kind::unseen; ///< `unseen`: a folder above it is closed to this user
  std::string why;                    ///< why it is unseen: the operating system's words
  unsigned mode = 0;                  ///< permission bits, 07777
  std::string owner;                  ///< name, or number of a user without one
  std::string group;
  bool readable = false; ///< by this user
  bool writable = false;
};

/// "0700 muster-ras:muster-ras"
std::string permissions_of(const path_facts& seen);

/// The state of a program: a folder of mode 0700 that the program's user can write. `user`: who looks;
/// `program`: whose state it is.
struct state_facts {
  path_facts folder;
  std::string user;
  std::string program;
  /// The program makes the folder at its start; so it may be absent before the first one.
  std::string unit; ///< its unit of systemd
  /// A file in it is for everybody (the service's anchor.pem), and what is not lies in closed folders: others
  /// may read the folder itself, and not write it.
  bool public_parts = false;
};
line judge_state(const state_facts& seen);

/// The socket of the service's REST interface.
struct socket_facts {
  path_facts socket;
  std::string user;
  bool in_group = false; ///< this process has the socket's group, or is root
  /// The account has the group by the user database; a session that began before that lacks it.
  bool account_in_group = false;
};
line judge_socket(const socket_facts& seen);

/// The file system of a state folder.
struct space_facts {
  std::string path;
  std::string problem;          ///< why it could not be asked; empty: it was
  std::uint64_t free_bytes = 0; ///< for users other than root
  std::uint64_t free_files = 0; ///< inodes
  bool counts_files = true;     ///< some file systems have no fixed number of inodes
  bool read_only = false;
};
/// Bad below 64 MiB or 1,000 files; a note below `enough`.
line judge_space(const space_facts& seen, std::uint64_t enough);

} // namespace muster::checkup
