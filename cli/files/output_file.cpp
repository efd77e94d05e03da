#include "cli/files/output_file.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/magic.h>
#include <optional>
#include <ostream>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <utility>

namespace muster::cli {

namespace {

constexpr std::size_t block = std::size_t{64} << 10U;
constexpr unsigned most_links = 40; ///< the kernel's own limit
constexpr unsigned most_names = 100;
constexpr std::size_t longest_kept_name = 200; ///< of 255: leaves room for the suffix

fault because(const std::string& path, int error) {
  const auto code = error == EACCES || error == EPERM ? errc::denied
                    : error == ENOENT                 ? errc::not_found
                                                      : errc::io;
  switch (error) {
  case ENOSPC: return {code, printable(path) + ": no space left on device"};
  case EDQUOT: return {code, printable(path) + ": no space left under the disk quota"};
  case ENOENT: return {code, printable(path) + ": there is no such folder"};
  case EISDIR: return {code, printable(path) + ": it is a folder"};
  case EACCES:
  case EPERM: return {code, printable(path) + ": no permission to write it"};
  case EROFS: return {code, printable(path) + ": the file system is read-only"};
  default: return {code, printable(path) + ": cannot be written: " + std::strerror(error)};
  }
}

/// Links below /proc are open descriptors: their text only looks like a path.
bool is_descriptor(const std::filesystem::path& link) {
  struct statfs system {};
  const auto folder = link.has_parent_path() ? link.parent_path() : std::filesystem::path{"."};
  return ::statfs(folder.c_str(), &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
}

/// The path that `path` leads to through all links, whether it exists or not; nothing for a descriptor.
/// fault: a loop.
result<std::optional<std::filesystem::path>> resolve_links(const std::string& path) {
  std::filesystem::path at{path};
  std::error_code error;
  for (unsigned n = 0; n < most_links; ++n) {
    if (std::filesystem::symlink_status(at, error).type() != std::filesystem::file_type::symlink)
      return std::optional{at};
    if (is_descriptor(at)) return std::optional<std::filesystem::path>{};
    const auto next = std::filesystem::read_symlink(at, error);
    if (error) return because(path, error.value());
    at = at.parent_path() / next; // an absolute one replaces the folder
  }
  return because(path, ELOOP);
}

bool is_our_output(const struct stat& file) {
  struct stat out {};
  return ::fstat(STDOUT_FILENO, &out) == 0 && out.st_dev == file.st_dev && out.st_ino == file.st_ino;
}

/// A file that cannot be synchronised, for example a pipe, has nothing to lose.
bool synchronised(int fd) {
  return ::fsync(fd) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP;
}

/// A rename is durable once the folder is synchronised.
bool folder_synchronised(const std::string& file) {
  const auto folder = std::filesystem::path{file}.parent_path();
  const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno == EACCES; // a folder that we may write and not read: nothing more can be done
  const bool done = synchronised(fd);
  const int error = errno;
  ::close(fd);
  errno = error;
  return done;
}

} // namespace

output_file::output_file(output_file&& other) noexcept
    : path_{std::move(other.path_)}, target_{std::move(other.target_)},
      unfinished_{std::exchange(other.unfinished_, {})}, fd_{std::exchange(other.fd_, -1)},
      standard_output_{other.standard_output_}, waiting_{std::move(other.waiting_)}, so_far_{std::move(
                                                                                         other.so_far_)} {}

output_file::~output_file() { close(); }

void output_file::close() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  if (!unfinished_.empty()) ::unlink(unfinished_.c_str());
  unfinished_.clear();
}

result<output_file> output_file::open(const std::string& path, std::ostream& standard_output) {
  if (path.empty()) return fault{errc::malformed, "an empty text names no file"};
  struct stat there {};
  const bool exists = path != "-" && ::stat(path.c_str(), &there) == 0;
  if (!exists && path != "-" && errno != ENOENT) return because(path, errno);
  if (path == "-" || (exists && is_our_output(there))) {
    output_file out{path == "-" ? "standard output" : path, -1};
    out.standard_output_ = &standard_output;
    return out;
  }
  auto target = resolve_links(path);
  if (!target) return target.fault();
  if (!*target || (exists && !S_ISREG(there.st_mode))) {
    const int emptied = exists && S_ISREG(there.st_mode) ? O_TRUNC : 0;
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | emptied);
    if (fd < 0) return because(path, errno);
    return output_file{path, fd};
  }
  return beside(path, (*target)->string());
}

result<output_file> output_file::beside(const std::string& path, const std::string& target) {
  struct stat there {};
  const bool replaces = ::stat(target.c_str(), &there) == 0;
  if (replaces && ::faccessat(AT_FDCWD, target.c_str(), W_OK, AT_EACCESS) != 0) return because(path, errno);
  const std::filesystem::path whole{target};
  const auto name = whole.filename().string();
  if (name.empty()) return because(path, EISDIR); // "new/"
  const auto stem = (whole.parent_path() / name.substr(0, longest_kept_name)).string() + ".part";
  for (unsigned n = 0; n < most_names; ++n) {
    auto unfinished = stem + std::to_string(::getpid()) + (n == 0 ? "" : "." + std::to_string(n));
    const int fd =
        ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, replaces ? 0600 : 0644);
    if (fd < 0 && errno == EEXIST) continue;
    if (fd < 0 && replaces && (errno == EACCES || errno == EPERM))
      return fault{errc::denied, printable(path)
                                     + ": no permission to write in its folder, where the new one is "
                                       "made before it replaces the old one"};
    if (fd < 0) return because(path, errno);
    output_file out{path, fd};
    out.target_ = target;
    out.unfinished_ = std::move(unfinished);
    if (replaces) {
      // The owner first: a change of owner clears mode bits.
      const bool given = ::fchown(fd, there.st_uid, there.st_gid) == 0 || errno == EPERM;
      if (!given || ::fchmod(fd, there.st_mode & 0777) != 0) return because(path, errno);
    }
    return out;
  }
  return because(path, EEXIST);
}

fault output_file::failed(int error) {
  so_far_ = because(path_, error);
  close();
  return so_far_.fault();
}

status output_file::written(std::string_view all) {
  if (standard_output_ != nullptr) {
    errno = 0;
    if (standard_output_->write(all.data(), static_cast<std::streamsize>(all.size()))) return {};
    return failed(errno == 0 ? EIO : errno);
  }
  while (!all.empty()) {
    const auto n = ::write(fd_, all.data(), all.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return failed(n == 0 ? ENOSPC : errno);
    all.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

status output_file::flush() {
  auto done = written(waiting_);
  waiting_.clear();
  return done;
}

status output_file::write(std::string_view more) {
  if (!so_far_) return so_far_;
  if (waiting_.size() + more.size() <= block) {
    waiting_ += more;
    return {};
  }
  if (auto flushed = flush(); !flushed) return flushed;
  return written(more);
}

status output_file::finish() {
  if (!so_far_) return so_far_;
  if (auto flushed = flush(); !flushed) return flushed;
  if (standard_output_ != nullptr) {
    errno = 0;
    return standard_output_->flush() ? status{} : failed(errno == 0 ? EIO : errno);
  }
  if (!synchronised(fd_)) return failed(errno);
  if (::close(std::exchange(fd_, -1)) != 0) return failed(errno);
  if (target_.empty()) return {};
  if (::rename(unfinished_.c_str(), target_.c_str()) != 0) return failed(errno);
  unfinished_.clear();
  return folder_synchronised(target_) ? status{} : failed(errno);
}

} // namespace muster::cli
