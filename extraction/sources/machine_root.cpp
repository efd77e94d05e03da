#include "extraction/sources/machine_root.hpp"

#include <climits>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <memory>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace muster::extraction {

namespace {

constexpr std::uint64_t max_file_bytes = 64ULL << 30U;
constexpr std::size_t max_names = 4'000'000; // of one folder

struct closes_folder {
  void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

fault io_fault(std::string_view what) {
  const auto code = errno == ENOENT || errno == ENOTDIR ? errc::not_found
                    : errno == ELOOP                    ? errc::unsupported
                                                        : errc::io;
  return {code, std::string{what} + ": " + std::strerror(errno)};
}

/// The path of an open descriptor on this system.
result<std::string> name_of(int fd) {
  std::array<char, PATH_MAX> name{};
  const auto link = "/proc/self/fd/" + std::to_string(fd);
  const auto size = ::readlink(link.c_str(), name.data(), name.size());
  if (size <= 0 || static_cast<std::size_t>(size) == name.size()) return io_fault("the path of an open file");
  return std::string{name.data(), static_cast<std::size_t>(size)};
}

int open_in_root(int root, const std::string& path, std::uint64_t more) {
  open_how how{};
  how.flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | more;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how));
}

} // namespace

open_file::~open_file() {
  if (fd_ >= 0) ::close(fd_);
}

result<machine_root> machine_root::open(const std::string& folder) {
  machine_root out;
  out.root_ = open_file{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!out.root_) return io_fault("the folder cannot be opened");
  auto name = name_of(out.root_.get());
  if (!name) return name.fault();
  out.folder_ = *std::move(name);
  return out;
}

result<root_file> machine_root::open_regular(const std::string& path) const {
  root_file out;
  out.content = open_file{open_in_root(root_.get(), path, O_NOFOLLOW)};
  if (!out.content) return io_fault(errno == ELOOP ? "it is a link" : "it cannot be opened");
  struct stat about {};
  if (::fstat(out.content.get(), &about) != 0) return io_fault("it cannot be looked at");
  if (!S_ISREG(about.st_mode)) return fault{errc::unsupported, "it is not a regular file"};
  out.mode = (about.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)) != 0 ? executable::yes : executable::no;
  const auto name = name_of(out.content.get());
  if (!name) return name.fault();
  out.path = path_within(*name);
  if (out.path.empty()) return fault{errc::io, "it was moved while it was read"};
  return out;
}

result<open_file> machine_root::open_folder(const std::string& path) const {
  open_file out{open_in_root(root_.get(), path, O_DIRECTORY)};
  if (!out) return io_fault("the folder cannot be opened");
  return out;
}

result<std::string> machine_root::read(const std::string& path, std::size_t at_most) const {
  const auto file = open_regular(path);
  if (!file) return file.fault();
  std::string out;
  std::array<char, std::size_t{64} << 10U> block{};
  for (;;) {
    const auto got = ::read(file->content.get(), block.data(), block.size());
    if (got < 0) return io_fault("reading it failed");
    if (got == 0) return out;
    if (static_cast<std::size_t>(got) > at_most - out.size())
      return fault{errc::limit, "it is larger than such a file may be"};
    out.append(block.data(), static_cast<std::size_t>(got));
  }
}

std::string machine_root::path_within(std::string_view absolute) const {
  if (folder_ == "/") return std::string{absolute};
  if (!absolute.starts_with(folder_) || absolute.size() <= folder_.size() || absolute[folder_.size()] != '/')
    return {};
  return std::string{absolute.substr(folder_.size())};
}

std::optional<std::vector<std::string>> names_in(const open_file& folder) {
  std::vector<std::string> out;
  const int again = ::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::unique_ptr<DIR, closes_folder> listing{again < 0 ? nullptr : ::fdopendir(again)};
  if (listing == nullptr) return std::nullopt;
  while (out.size() < max_names) {
    const auto* entry = ::readdir(listing.get());
    if (entry == nullptr) break;
    const std::string_view name{entry->d_name};
    if (name != "." && name != "..") out.emplace_back(name);
  }
  std::ranges::sort(out);
  return out;
}

result<file_hasher::digests> hash_file(const open_file& file, const std::vector<hash_algorithm>& algorithms,
                                       file_hasher::md5_too with_md5) {
  auto hasher = file_hasher::make(algorithms, with_md5);
  if (!hasher) return hasher.fault();
  std::vector<std::uint8_t> block(std::size_t{256} << 10U);
  std::uint64_t size = 0;
  for (;;) {
    const auto got = ::read(file.get(), block.data(), block.size());
    if (got < 0) return io_fault("reading it failed");
    if (got == 0) return hasher->finish();
    size += static_cast<std::uint64_t>(got);
    if (size > max_file_bytes) return fault{errc::limit, "it is over 64 GiB"};
    hasher->update(byte_view{block}.first(static_cast<std::size_t>(got)));
  }
}

} // namespace muster::extraction
