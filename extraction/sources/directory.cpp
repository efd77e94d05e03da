#include "extraction/sources/directory.hpp"

#include "extraction/sources/machine_root.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>

namespace muster::extraction {

namespace {

constexpr std::size_t max_depth = 128;

class walk {
public:
  explicit walk(learning& into) : into_{into} {}

  status enter(const open_file& folder, const std::string& path, std::size_t depth) {
    if (depth > max_depth) return fault{errc::limit, "folders are nested over 128 deep"};
    const auto names = names_in(folder);
    if (!names) report.leave_out(loss::unreadable, path, "the folder cannot be listed");
    if (!names) return {};
    for (const auto& name : *names)
      if (auto ok = take(folder, name, path + '/' + name, depth); !ok) return ok;
    return {};
  }

  status begin(const open_file& folder, const std::string& path) {
    struct stat about {};
    if (::fstat(folder.get(), &about) != 0) return fault{errc::io, "the folder cannot be looked at"};
    device_ = about.st_dev;
    return enter(folder, path == "/" ? std::string{} : path, 0);
  }

  source_report report;

private:
  status take(const open_file& folder, const std::string& name, const std::string& path, std::size_t depth) {
    struct stat about {};
    if (::fstatat(folder.get(), name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) {
      report.leave_out(loss::unreadable, path, std::strerror(errno));
      return {};
    }
    if (S_ISDIR(about.st_mode)) return take_folder(folder, name, path, depth, about.st_dev);
    if (!S_ISREG(about.st_mode)) return {};
    if (!into_.rules.learns_file(path)) {
      report.leave_out(loss::excluded, path);
      return {};
    }
    return take_file(folder, name, path);
  }

  status take_folder(const open_file& folder, const std::string& name, const std::string& path,
                     std::size_t depth, dev_t device) {
    if (device != device_) {
      report.note(printable(path) + ": another file system is mounted here; name it as a source of its own");
      return {};
    }
    const open_file below{
        ::openat(folder.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    if (below) return enter(below, path, depth + 1);
    report.leave_out(loss::unreadable, path, std::strerror(errno));
    return {};
  }

  status take_file(const open_file& folder, const std::string& name, const std::string& path) {
    const open_file file{
        ::openat(folder.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)};
    struct stat about {};
    if (!file || ::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
      report.leave_out(loss::unreadable, path,
                       file ? "it is not a regular file any more" : std::strerror(errno));
      return {};
    }
    const auto digests = hash_file(file, into_.algorithms, file_hasher::md5_too::no);
    if (digests) return into_.take(path, *digests, nullptr, report);
    report.leave_out(loss::unreadable, path, digests.fault().check);
    return {};
  }

  learning& into_;
  dev_t device_ = 0;
};

} // namespace

result<source_report> learn_directory(const directory_options& options, learning& into) {
  const auto root = machine_root::open(options.root.empty() ? "/" : options.root);
  if (!root) return root.fault();
  const auto folder = machine_root::open(options.folder);
  if (!folder) return folder.fault();
  auto path = root->path_within(folder->folder());
  if (root->folder() == folder->folder()) path = "/";
  if (path.empty())
    return fault{errc::denied, "the folder is not below the root " + printable(root->folder())};
  const open_file start{::open(folder->folder().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!start) return fault{errc::io, "the folder cannot be opened"};
  walk all{into};
  if (auto ok = all.begin(start, path); !ok) return ok.fault();
  return std::move(all.report);
}

} // namespace muster::extraction
