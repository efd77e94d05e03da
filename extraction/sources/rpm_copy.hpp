// A copy of an RPM database, for rpm to read.
#pragma once

#include "extraction/sources/machine_root.hpp"

#include <string>

namespace muster::extraction {

/// rpm writes into the folder of a database that it reads, and cannot read one on a disk that is mounted
/// read-only (sqlite with a write-ahead log). So it gets a copy, in a folder of our own below $TMPDIR or /tmp,
/// which goes with this object; the disk stays as it is.
class rpm_copy {
public:
  static constexpr std::uint64_t max_bytes = 8ULL << 30U;

  /// Copies the regular files in `database`, without what rpm makes itself (locks, shared memory). fault
  /// unsupported: there is a link or something else among them, which might lead out of the root; limit: over
  /// 8 GiB; io.
  static result<rpm_copy> make(const open_file& database);
  ~rpm_copy();
  rpm_copy(rpm_copy&& other) noexcept : folder_{std::exchange(other.folder_, {})} {}
  rpm_copy& operator=(rpm_copy&&) = delete;

  const std::string& folder() const noexcept { return folder_; }

private:
  explicit rpm_copy(std::string folder) : folder_{std::move(folder)} {}
  std::string folder_;
};

} // namespace muster::extraction
