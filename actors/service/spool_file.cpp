#include "actors/service/spool_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace muster::service {

namespace {

fault spool_fault(int error) {
  return {errc::io, std::string{"spool: below the state folder of the service: "} + std::strerror(error)};
}

} // namespace

result<std::shared_ptr<spool_file>> spool_file::make(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return spool_fault(errno);
  auto name = folder + "/answer-XXXXXX"; // not O_TMPFILE: some file systems do not have it
  const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor < 0) return spool_fault(errno);
  std::shared_ptr<spool_file> out{new spool_file{descriptor}};
  if (::unlink(name.c_str()) != 0) return spool_fault(errno);
  return out;
}

spool_file::~spool_file() { ::close(descriptor_); }

status spool_file::write(byte_view more) {
  while (!more.empty()) {
    const auto done = ::pwrite(descriptor_, more.data(), more.size(), static_cast<off_t>(size_));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return spool_fault(errno);
    size_ += static_cast<std::uint64_t>(done);
    more = more.subspan(static_cast<std::size_t>(done));
  }
  return {};
}

result<bytes> spool_file::read(std::uint64_t at, std::size_t most) const {
  bytes out(at < size_ ? static_cast<std::size_t>(std::min<std::uint64_t>(most, size_ - at)) : 0);
  for (std::size_t used = 0; used < out.size();) {
    const auto done =
        ::pread(descriptor_, out.data() + used, out.size() - used, static_cast<off_t>(at + used));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return spool_fault(done < 0 ? errno : EIO);
    used += static_cast<std::size_t>(done);
  }
  return out;
}

} // namespace muster::service
