#include "checkup/probe/paths.hpp"

#include "files/descriptor.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <vector>

namespace muster::checkup {

namespace {

constexpr std::size_t database_line = 64UL * 1024; // of the user database: large groups have long lines

std::string user_name(uid_t id) {
  std::vector<char> room(database_line);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(id, &entry, room.data(), room.size(), &found) != 0 || found == nullptr)
    return std::to_string(id);
  return printable(found->pw_name, 64);
}

std::string group_name(gid_t id) {
  std::vector<char> room(database_line);
  group entry{};
  group* found = nullptr;
  if (::getgrgid_r(id, &entry, room.data(), room.size(), &found) != 0 || found == nullptr)
    return std::to_string(id);
  return printable(found->gr_name, 64);
}

path_kind kind_of(mode_t mode) noexcept {
  switch (mode & S_IFMT) {
  case S_IFDIR: return path_kind::folder;
  case S_IFSOCK: return path_kind::socket;
  case S_IFREG: return path_kind::file;
  case S_IFCHR: return path_kind::device;
  default: return path_kind::other;
  }
}

bool has_group(gid_t wanted) {
  if (::geteuid() == 0 || ::getegid() == wanted) return true;
  const int n = ::getgroups(0, nullptr);
  std::vector<gid_t> all(static_cast<std::size_t>(n > 0 ? n : 0));
  if (n <= 0 || ::getgroups(n, all.data()) < 0) return false;
  for (const auto one : all)
    if (one == wanted) return true;
  return false;
}

bool account_has_group(gid_t wanted) {
  std::vector<char> room(database_line);
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, room.data(), room.size(), &found) != 0 || found == nullptr)
    return false;
  std::array<gid_t, 1024> all{};
  int n = static_cast<int>(all.size());
  if (::getgrouplist(found->pw_name, found->pw_gid, all.data(), &n) < 0) return false;
  for (int i = 0; i < n; ++i)
    if (all[static_cast<std::size_t>(i)] == wanted) return true;
  return false;
}

errc code_of(int error) noexcept {
  if (error == ENOENT || error == ENOTDIR) return errc::not_found;
  return error == EACCES || error == EPERM ? errc::denied : errc::io;
}

fault failed(int error) { return {code_of(error), std::strerror(error)}; }

} // namespace

path_facts look_at(const std::string& path) {
  path_facts out;
  out.path = printable(path);
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) {
    out.kind = code_of(errno) == errc::not_found ? path_kind::absent : path_kind::unseen;
    out.why = std::strerror(errno);
    return out;
  }
  out.kind = kind_of(about.st_mode);
  out.mode = about.st_mode & 07777U;
  out.owner = user_name(about.st_uid);
  out.group = group_name(about.st_gid);
  out.readable = ::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) == 0;
  out.writable = ::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
  return out;
}

std::string this_user() { return user_name(::geteuid()); }

socket_facts look_at_socket(const std::string& path) {
  socket_facts out;
  out.socket = look_at(path);
  out.user = this_user();
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return out;
  out.in_group = has_group(about.st_gid);
  out.account_in_group = account_has_group(about.st_gid);
  return out;
}

space_facts look_at_space(const std::string& path) {
  space_facts out;
  out.path = printable(path);
  struct statvfs about {};
  std::filesystem::path at{path};
  while (::statvfs(at.c_str(), &about) != 0) {
    const int error = errno;
    if (code_of(error) != errc::not_found || at == at.parent_path()) {
      out.problem = std::strerror(error);
      return out;
    }
    at = at.parent_path();
  }
  out.free_bytes = std::uint64_t{about.f_bavail} * about.f_frsize;
  out.free_files = about.f_favail;
  out.counts_files = about.f_files != 0;
  out.read_only = (about.f_flag & ST_RDONLY) != 0;
  return out;
}

result<bytes> read_front(const std::string& path, std::size_t most) {
  const files::descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
  if (file.get() < 0) return failed(errno);
  bytes out(most);
  std::size_t have = 0;
  while (have < most) {
    const auto n = ::read(file.get(), out.data() + have, most - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed(errno);
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
  }
  out.resize(have);
  return out;
}

} // namespace muster::checkup
