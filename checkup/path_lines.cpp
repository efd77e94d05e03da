#include "checkup/path_lines.hpp"

#include <array>

namespace muster::checkup {

namespace {

constexpr unsigned others = 07;
constexpr unsigned group_and_others = 077;
constexpr unsigned writing_of_others = 022;

std::string mode_text(unsigned mode) {
  std::array<char, 5> out{};
  for (std::size_t i = 0; i < 4; ++i)
    out[i] = static_cast<char>('0' + ((mode >> (3 * (3 - i))) & 7U));
  return {out.data(), 4};
}

std::string sized(std::uint64_t bytes) {
  constexpr std::uint64_t mib = 1024 * 1024;
  return bytes >= 10 * 1024 * mib ? std::to_string(bytes / (1024 * mib)) + " GiB"
                                  : std::to_string(bytes / mib) + " MiB";
}

} // namespace

std::string permissions_of(const path_facts& seen) {
  return mode_text(seen.mode) + ' ' + seen.owner + ':' + seen.group;
}

line judge_state(const state_facts& seen) {
  constexpr const char* subject = "state";
  const auto& folder = seen.folder;
  switch (folder.kind) {
  case path_kind::absent:
    return note(subject, folder.path + " is not there yet",
                seen.program + " makes it when it starts: systemctl enable --now " + seen.unit);
  case path_kind::unseen:
    return unseen(subject, folder.path + ": " + folder.why,
                  "run this as root, or as the user that " + seen.program + " runs as");
  case path_kind::folder: break;
  default:
    return bad(subject, folder.path + " is not a folder", "move it away, or name another folder in `state`");
  }
  const auto what = folder.path + " (" + permissions_of(folder) + ')';
  const auto forbidden = seen.public_parts ? writing_of_others : group_and_others;
  if ((folder.mode & forbidden) != 0)
    return bad(subject, what + " is open to other users, and holds private keys",
               "find out who used that, then chmod 700 " + folder.path);
  if (!folder.writable)
    return unseen(subject, what + " belongs to another user than " + seen.user,
                  "run this as root, or as the user that " + seen.program + " runs as");
  return good(subject, what);
}

line judge_socket(const socket_facts& seen) {
  constexpr const char* subject = "socket";
  const auto& socket = seen.socket;
  switch (socket.kind) {
  case path_kind::absent:
    return bad(subject, socket.path + " is not there",
               "start the service: systemctl enable --now muster-ras; or name its socket with --socket");
  case path_kind::unseen:
    return unseen(subject, socket.path + ": " + socket.why,
                  "open its folder to operators (0755), as systemd makes it");
  case path_kind::socket: break;
  default:
    return bad(subject, socket.path + " is not a socket",
               "remove it and restart the service, or name its socket with --socket");
  }
  const auto what = socket.path + " (" + permissions_of(socket) + ')';
  if ((socket.mode & others) != 0)
    return bad(subject, what + " is open to every user of this machine, who can all give orders",
               "restart the service, which makes it 0660; find out who changed it");
  if (socket.writable) return good(subject, what + (seen.in_group ? "; " + seen.user + " may use it" : ""));
  if (seen.account_in_group)
    return bad(subject,
               what + ": " + seen.user + " is in the group " + socket.group + ", but not in this session",
               "log out and in again, or run newgrp " + socket.group);
  return bad(subject, what + ": " + seen.user + " is not in the group " + socket.group,
             "usermod -aG " + socket.group + ' ' + seen.user + ", then log in again; or use sudo");
}

line judge_space(const space_facts& seen, std::uint64_t enough) {
  constexpr const char* subject = "disk";
  constexpr std::uint64_t least_bytes = 64ULL * 1024 * 1024;
  constexpr std::uint64_t least_files = 1000;
  constexpr const char* make_room = "remove what is not needed, or move the state to a larger file system";
  if (!seen.problem.empty())
    return unseen(subject, seen.path + ": " + seen.problem, "run this as root, or look with df");
  const auto what = sized(seen.free_bytes) + " free at " + seen.path;
  if (seen.read_only)
    return bad(subject, "the file system of " + seen.path + " is read-only",
               "look at the kernel's log (dmesg) for why, then mount it writable");
  if (seen.free_bytes < least_bytes) return bad(subject, what, make_room);
  if (seen.counts_files && seen.free_files < least_files)
    return bad(subject, what + ", but only " + std::to_string(seen.free_files) + " files more", make_room);
  if (seen.free_bytes < enough)
    return note(subject, what + ", less than the " + sized(enough) + " that it may come to need", make_room);
  return good(subject, what);
}

} // namespace muster::checkup
