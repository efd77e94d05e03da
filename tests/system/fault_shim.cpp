// What the tests preload into `ras` to have a disk that hangs, as the kernel shows it: fdatasync() of the
// database does not return while the file that MUSTER_DISK_HANGS names is there.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <unistd.h>

namespace {

bool is_database(int fd) {
  char link[64];
  char path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const auto length = ::readlink(link, path, sizeof path);
  return length > 8 && std::memcmp(path + length - 8, "data.mdb", 8) == 0;
}

} // namespace

extern "C" int fdatasync(int fd) {
  const char* const hangs = std::getenv("MUSTER_DISK_HANGS");
  if (hangs != nullptr && is_database(fd))
    while (::access(hangs, F_OK) == 0)
      ::usleep(20'000);
  const auto real = reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, "fdatasync"));
  return real(fd);
}
