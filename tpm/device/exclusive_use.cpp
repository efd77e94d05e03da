#include "tpm/device/exclusive_use.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

namespace muster::tpm {

result<exclusive_use> exclusive_use::take(const std::string& socket, std::chrono::milliseconds patience) {
  const auto path = socket + ".lock";
  const int opened = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0660);
  if (opened < 0) return fault{errc::io, "tpm: cannot open " + printable(path) + ": " + std::strerror(errno)};
  exclusive_use held{opened};
  constexpr std::chrono::milliseconds pause{5};
  const auto end = std::chrono::steady_clock::now() + patience;
  // flock has no timeout, so we poll.
  while (::flock(opened, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return fault{errc::io, "tpm: cannot lock " + printable(path) + ": " + std::strerror(errno)};
    if (std::chrono::steady_clock::now() >= end)
      return fault{errc::busy, "tpm: another process uses the software TPM at " + printable(socket)};
    std::this_thread::sleep_for(pause);
  }
  return held;
}

exclusive_use::~exclusive_use() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

} // namespace muster::tpm
