#include "lab/files.hpp"

#include "lab/descriptor.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace muster::lab {
namespace {

fault failed(const char* what, const std::filesystem::path& path) {
  return fault{errno == ENOENT ? errc::not_found : errc::io,
               std::string{what} + " " + printable(path.string()) + ": " + std::strerror(errno)};
}

} // namespace

result<bytes> read_file(const std::filesystem::path& path) {
  const descriptor in{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (in.get() < 0) return failed("cannot open", path);
  bytes content;
  std::array<std::uint8_t, 65536> block{};
  for (;;) {
    const auto got = ::read(in.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("cannot read", path);
    if (got == 0) return content;
    append(content, byte_view{block}.first(static_cast<std::size_t>(got)));
    if (content.size() > max_file) return fault{errc::limit, printable(path.string()) + " is too long"};
  }
}

status replace_file(const std::filesystem::path& path, byte_view content, secrecy who) {
  auto beside = path;
  beside += ".new";
  {
    const descriptor out{
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, who == secrecy::open ? 0644 : 0600)};
    if (out.get() < 0) return failed("cannot create", beside);
    for (auto rest = content; !rest.empty();) {
      const auto written = ::write(out.get(), rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return failed("cannot write", beside);
      rest = rest.subspan(static_cast<std::size_t>(written));
    }
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return failed("cannot replace", path);
  return {};
}

status make_empty_folder(const std::filesystem::path& path) {
  std::error_code why;
  std::filesystem::create_directories(path, why);
  if (why) return fault{errc::io, "cannot create " + printable(path.string()) + ": " + why.message()};
  const bool empty = std::filesystem::is_empty(path, why);
  if (why) return fault{errc::io, "cannot look into " + printable(path.string()) + ": " + why.message()};
  if (!empty) return fault{errc::conflict, printable(path.string()) + " is not empty"};
  return {};
}

result<folder_lock> folder_lock::take(const std::filesystem::path& folder) {
  const auto path = folder / "lock";
  // Not inherited: a daemon started under the lock would otherwise hold it for its whole life.
  const int opened = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (opened < 0) return failed("cannot open", path);
  folder_lock held{opened};
  while (::flock(opened, LOCK_EX) != 0)
    if (errno != EINTR) return failed("cannot lock", path);
  return held;
}

folder_lock::~folder_lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

} // namespace muster::lab
