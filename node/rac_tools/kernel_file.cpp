#include "node/rac_tools/kernel_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace muster::node {

namespace {

errc code_of(int error) noexcept {
  if (error == ENOENT || error == ENOTDIR) return errc::not_found;
  return error == EACCES || error == EPERM ? errc::denied : errc::io;
}

fault failed(const char* what, int error) {
  return {code_of(error), std::string{what} + ": " + std::strerror(error)};
}

} // namespace

result<kernel_file> kernel_file::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return failed("cannot open", errno);
  return kernel_file{descriptor};
}

kernel_file::~kernel_file() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

result<std::size_t> kernel_file::read_at(std::uint64_t offset, mutable_bytes into) const {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const auto rest = into.subspan(filled);
    const auto got = ::pread(descriptor_, rest.data(), rest.size(), static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("cannot read", errno);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

result<bytes> read_whole(const std::string& path, std::size_t most) {
  constexpr std::size_t block = 16 * 1024;
  const auto file = kernel_file::open(path);
  if (!file) return file.fault();
  bytes content;
  for (;;) {
    const auto have = content.size();
    content.resize(have + block);
    const auto got = file->read_at(have, mutable_bytes{content}.subspan(have));
    if (!got) return got.fault();
    content.resize(have + *got);
    if (content.size() > most) return fault{errc::limit, "the file is too long"};
    if (*got < block) return content;
  }
}

} // namespace muster::node
