// Preloaded into `ras` to simulate a sick disk, as the kernel would show it. The file that MUSTER_DISK names
// says how. "hang": fdatasync() of the database does not return while the file says so. "full", "fail":
// nothing is written to the database (ENOSPC, EIO). "meta": nothing is written to its meta pages, after which
// LMDB accepts no more. While the file is absent or says another word, the disk is well.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

namespace {

bool is_database(int fd) {
  char link[64];
  char path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const auto length = ::readlink(link, path, sizeof path);
  return length > 8 && std::memcmp(path + length - 8, "data.mdb", 8) == 0;
}

bool disk_says(const char* word) {
  const char* const file = std::getenv("MUSTER_DISK");
  if (file == nullptr) return false;
  const int fd = ::open(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  char said[8] = {};
  const auto length = ::read(fd, said, sizeof said - 1);
  ::close(fd);
  return length > 0 && std::strncmp(said, word, std::strlen(word)) == 0;
}

/// LMDB writes its meta pages through a separate descriptor.
bool is_for_meta(int fd) { return (::fcntl(fd, F_GETFL) & O_DSYNC) != 0; }

/// Whether a write to that file fails now; sets errno to the reason.
bool fails(int fd) {
  if (!is_database(fd)) return false;
  const bool full = disk_says("full");
  if (!full && !disk_says("fail") && !(is_for_meta(fd) && disk_says("meta"))) return false;
  errno = full ? ENOSPC : EIO;
  return true;
}

template <class Function> Function real(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

} // namespace

extern "C" {

int fdatasync(int fd) {
  while (is_database(fd) && disk_says("hang"))
    ::usleep(20'000);
  static const auto next = real<int (*)(int)>("fdatasync");
  return fails(fd) ? -1 : next(fd);
}

ssize_t write(int fd, const void* data, size_t size) {
  static const auto next = real<ssize_t (*)(int, const void*, size_t)>("write");
  return fails(fd) ? -1 : next(fd, data, size);
}

ssize_t writev(int fd, const iovec* parts, int count) {
  static const auto next = real<ssize_t (*)(int, const iovec*, int)>("writev");
  return fails(fd) ? -1 : next(fd, parts, count);
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t at) {
  static const auto next = real<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return fails(fd) ? -1 : next(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) { return pwrite(fd, data, size, at); }

} // extern "C"
