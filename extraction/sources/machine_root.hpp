// The root folder of a machine that is not running: a mounted disk, an unpacked image, or "/" itself.
#pragma once

#include "extraction/sources/learning.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace muster::extraction {

/// A file descriptor with an owner.
class open_file {
public:
  explicit open_file(int fd = -1) noexcept : fd_{fd} {}
  ~open_file();
  open_file(open_file&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  open_file& operator=(open_file&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

private:
  int fd_;
};

/// A regular file inside a root.
struct root_file {
  open_file content;
  std::string path; ///< as a machine that runs from this root sees it, with links of folders resolved
  executable mode = executable::yes;
};

/// Opens files below a folder, and never outside it: links are resolved within the folder (openat2(2),
/// RESOLVE_IN_ROOT), and the last component is never a link.
class machine_root {
public:
  /// fault not_found, io.
  static result<machine_root> open(const std::string& folder);

  /// fault not_found; unsupported: a link, or not a regular file; io.
  result<root_file> open_regular(const std::string& path) const;
  /// Also if the last component is a link: it is resolved within the root, as every link on the way to it.
  /// fault not_found; unsupported: too many links; io.
  result<open_file> open_folder(const std::string& path) const;
  /// The content of a small file, of at most `at_most` bytes. fault as `open_regular`; limit.
  result<std::string> read(const std::string& path, std::size_t at_most) const;

  /// The folder's own path, without links.
  const std::string& folder() const noexcept { return folder_; }
  /// "/usr/bin/ls" for "/mnt/usr/bin/ls"; empty if the path is not below the folder.
  std::string path_within(std::string_view absolute) const;

private:
  open_file root_;
  std::string folder_;
};

/// The names in a folder, sorted, so two runs report in the same order. Empty optional if the folder cannot
/// be listed.
std::optional<std::vector<std::string>> names_in(const open_file& folder);

/// Reads a regular file to its end. fault io; limit: over 64 GiB.
result<file_hasher::digests> hash_file(const open_file& file, const std::vector<hash_algorithm>& algorithms,
                                       file_hasher::md5_too with_md5);

} // namespace muster::extraction
