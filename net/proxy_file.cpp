#include "net/proxy_file.hpp"

#include "files/descriptor.hpp"
#include "files/open_fault.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace muster::net {

namespace {

/// Two texts of 255 bytes, a colon and a line end, and one byte more, by which a longer file is noticed.
constexpr std::size_t space_for_file = 255 + 1 + 255 + 2 + 1;

result<crypto::secret> read_secret(const std::string& file) {
  // O_NONBLOCK: a pipe must not hold the start up.
  const files::descriptor in{::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  if (in.get() < 0) return files::open_fault(errno);
  struct stat about {};
  if (::fstat(in.get(), &about) != 0) return files::open_fault(errno);
  if (!S_ISREG(about.st_mode)) return fault{errc::malformed, "it is not a regular file"};
  if (about.st_uid != 0 && about.st_uid != ::geteuid())
    return fault{errc::denied, "it belongs to another user: chown it to the user of the agent"};
  if ((about.st_mode & 0077U) != 0) return fault{errc::denied, "other users can use this secret: chmod 600"};
  bytes content(space_for_file); // never grows, so that no copy is left in freed memory
  std::size_t used = 0;
  while (used < content.size()) {
    const auto n = ::read(in.get(), content.data() + used, content.size() - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return files::open_fault(errno);
    if (n == 0) break;
    used += static_cast<std::size_t>(n);
  }
  content.resize(used);
  return crypto::secret{std::move(content)};
}

} // namespace

result<proxy_route> load_proxy_route(const proxy_endpoint& via, const std::string& file) {
  proxy_route out{via, nullptr};
  if (file.empty()) return out;
  const auto named = [&file](const fault& why) {
    return fault{why.code, printable(file) + ": " + why.check};
  };
  const auto content = read_secret(file);
  if (!content) return named(content.fault());
  auto read = parse_proxy_credentials(*content);
  if (!read) return named(read.fault());
  out.credentials = std::make_shared<const proxy_credentials>(std::move(*read));
  return out;
}

} // namespace muster::net
