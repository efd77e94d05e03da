#include "files/whole_file.hpp"

#include "files/descriptor.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>

namespace muster::files {

namespace {

namespace fs = std::filesystem;

status write_all(int fd, byte_view content, const fs::path& file) {
  while (!content.empty()) {
    const auto n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return file_fault(file, "write");
    content = content.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

/// fsync before the rename: otherwise a crash may leave the new name with an empty file.
status write_beside(const fs::path& beside, byte_view content, mode_t mode) {
  ::unlink(beside.c_str()); // left by a write that was cut off
  const descriptor out{::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)};
  if (out.get() < 0) return file_fault(beside, "open");
  if (auto written = write_all(out.get(), content, beside); !written) return written;
  // The umask may have taken bits away.
  if (::fchmod(out.get(), mode) != 0 || ::fsync(out.get()) != 0) return file_fault(beside, "write");
  return {};
}

bool has_content(const fs::path& file, byte_view content) {
  auto there = read_whole(file, content.size());
  if (!there) return false;
  const bool equal = std::ranges::equal(*there, content);
  ::explicit_bzero(there->data(), there->size()); // it may be a key
  return equal;
}

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : "."; }

} // namespace

fault file_fault(const fs::path& file, const char* what) {
  return {errc::io, printable(file.string()) + ": " + what + ": " + std::strerror(errno)};
}

result<bool> is_there(const fs::path& file) {
  std::error_code why;
  const bool there = fs::exists(file, why);
  if (why) return fault{errc::io, printable(file.string()) + ": " + why.message()};
  return there;
}

result<bytes> read_whole(const fs::path& file, std::size_t most, mode_t forbidden) {
  const descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (in.get() < 0) {
    const bool gone = errno == ENOENT;
    auto why = file_fault(file, "open");
    if (gone) why.code = errc::not_found;
    return why;
  }
  struct stat about {};
  if (::fstat(in.get(), &about) != 0) return file_fault(file, "stat");
  if ((about.st_mode & forbidden) != 0)
    return fault{errc::denied,
                 printable(file.string())
                     + ": other users may read or write this file; check who did, then chmod 600 it"};
  bytes out(most + 1); // allocated once: growing the buffer would leave an unwiped copy behind
  std::size_t got = 0;
  for (;;) {
    const auto n = ::read(in.get(), out.data() + got, out.size() - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_fault(file, "read");
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
    if (got > most)
      return fault{errc::limit,
                   printable(file.string()) + ": it is longer than " + std::to_string(most) + " bytes"};
  }
  out.resize(got);
  return out;
}

status replace_durably(const fs::path& file, byte_view content, mode_t mode) {
  // An earlier writer may have been cut off before it synced the folder.
  if (has_content(file, content)) return sync_folder(folder_of(file));
  const fs::path beside{file.string() + ".new"};
  if (auto written = write_beside(beside, content, mode); !written) {
    ::unlink(beside.c_str()); // it takes room on a full disk
    return written;
  }
  return rename_durably(beside, file);
}

status rename_durably(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return file_fault(to, "rename");
  if (auto synced = sync_folder(folder_of(to)); !synced) return synced;
  if (folder_of(from) == folder_of(to)) return {};
  return sync_folder(folder_of(from));
}

status remove_durably(const fs::path& file) {
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) return file_fault(file, "remove");
  return sync_folder(folder_of(file));
}

status make_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return file_fault(folder, "create");
  return sync_folder(folder_of(folder));
}

status sync_folder(const fs::path& folder) {
  const descriptor in{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (in.get() < 0) return file_fault(folder, "open");
  if (::fsync(in.get()) != 0) return file_fault(folder, "sync");
  return {};
}

} // namespace muster::files
