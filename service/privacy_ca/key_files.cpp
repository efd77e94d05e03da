#include "service/privacy_ca/key_files.hpp"

#include "messages/vocabulary/bytes.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace muster::service {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_size = 64 * 1024;

class descriptor {
public:
  explicit descriptor(int fd) noexcept : fd_{fd} {}
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  int get() const noexcept { return fd_; }

private:
  int fd_;
};

result<bytes> read_all(const fs::path& file, mode_t forbidden) {
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
    return fault{errc::denied, printable(file.string())
                                   + ": others may read or write this key; look who did, then chmod 600 it"};
  bytes out(max_size + 1); // once: a longer buffer would leave the shorter one behind, unwiped
  std::size_t got = 0;
  for (;;) {
    const auto n = ::read(in.get(), out.data() + got, out.size() - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return file_fault(file, "read");
    if (n == 0) break;
    got += static_cast<std::size_t>(n);
    if (got > max_size)
      return fault{errc::limit, printable(file.string()) + ": too long for a key or certificate"};
  }
  if (got == 0)
    return fault{errc::malformed, printable(file.string()) + ": it is empty; restore it from a backup"};
  out.resize(got);
  return out;
}

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const auto n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

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

result<std::string> load_file(const fs::path& file) {
  const auto content = read_all(file, 0);
  if (!content) return content.fault();
  return std::string{as_text(*content)};
}

result<crypto::secret> load_secret(const fs::path& file) {
  auto content = read_all(file, 0077);
  if (!content) return content.fault();
  return crypto::secret{*std::move(content)};
}

status store_file(const fs::path& file, std::string_view content, mode_t mode) {
  if (const auto there = read_all(file, 0); there && as_text(*there) == content) return {};
  const auto beside = file.string() + ".new";
  ::unlink(beside.c_str()); // of a start that was cut off
  {
    const descriptor out{::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)};
    if (out.get() < 0) return file_fault(beside, "open");
    if (!write_all(out.get(), content) || ::fchmod(out.get(), mode) != 0 || ::fsync(out.get()) != 0)
      return file_fault(beside, "write");
  }
  if (::rename(beside.c_str(), file.c_str()) != 0) return file_fault(file, "rename");
  return {};
}

} // namespace muster::service
