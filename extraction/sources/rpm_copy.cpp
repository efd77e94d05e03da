#include "extraction/sources/rpm_copy.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace muster::extraction {

namespace {

/// The temporary files of a running rpm: nothing in them is of the database.
bool made_by_use(std::string_view name) {
  return name.starts_with('.') || name.starts_with("__db.") || name.ends_with("-shm");
}

fault no_copy(std::string_view why) {
  return {errc::io, "rpm: no copy can be made of its database in $TMPDIR or /tmp: " + std::string{why}};
}

/// Appends what `from` has to `to`, and takes it off `room`.
status copy_content(const open_file& from, const open_file& to, std::uint64_t& room) {
  std::vector<char> block(std::size_t{1} << 20U);
  for (;;) {
    const auto got = ::read(from.get(), block.data(), block.size());
    if (got == 0) return {};
    if (got < 0) return no_copy(std::strerror(errno));
    if (static_cast<std::uint64_t>(got) > room) return fault{errc::limit, "rpm: its database is over 8 GiB"};
    room -= static_cast<std::uint64_t>(got);
    for (::ssize_t done = 0; done < got;) {
      const auto put = ::write(to.get(), block.data() + done, static_cast<std::size_t>(got - done));
      if (put < 0) return no_copy(std::strerror(errno));
      done += put;
    }
  }
}

/// A link is not followed: it would lead where this system resolves it.
status copy_file(const open_file& database, const std::string& name, const std::string& folder,
                 std::uint64_t& room) {
  const open_file from{
      ::openat(database.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
  struct stat about {};
  if (!from && errno != ELOOP) return no_copy(std::strerror(errno));
  if (from && ::fstat(from.get(), &about) != 0) return no_copy(std::strerror(errno));
  if (S_ISDIR(about.st_mode)) return {};
  if (!from || !S_ISREG(about.st_mode))
    return fault{errc::unsupported, "rpm: " + printable(name)
                                        + " in its database is a link or not a file, and may lead out of the "
                                          "root; put the file itself there"};
  const auto path = folder + '/' + name;
  const open_file to{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!to) return no_copy(std::strerror(errno));
  return copy_content(from, to, room);
}

} // namespace

rpm_copy::~rpm_copy() {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

result<rpm_copy> rpm_copy::make(const open_file& database) {
  const auto names = names_in(database);
  if (!names) return fault{errc::io, "rpm: its database cannot be listed"};
  std::error_code none;
  const auto above = std::filesystem::temp_directory_path(none);
  auto name = (none ? std::string{"/tmp"} : above.string()) + "/muster-rpm-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) return no_copy(std::strerror(errno));
  rpm_copy out{std::move(name)};
  auto room = max_bytes;
  for (const auto& one : *names)
    if (!made_by_use(one))
      if (auto ok = copy_file(database, one, out.folder_, room); !ok) return ok.fault();
  return out;
}

} // namespace muster::extraction
