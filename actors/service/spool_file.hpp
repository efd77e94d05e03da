// A file without a name, for an answer that is too large to hold in memory.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <memory>
#include <string>

namespace muster::service {

/// Written once, then read from any thread. Its disk space is freed when the last holder lets go, even if the
/// process dies.
class spool_file {
public:
  /// Makes a file in `folder`, and the folder (mode 0700) if it does not exist. fault io.
  static result<std::shared_ptr<spool_file>> make(const std::string& folder);
  ~spool_file();
  spool_file(const spool_file&) = delete;
  spool_file& operator=(const spool_file&) = delete;

  /// Appends. fault io: also for a full disk.
  status write(byte_view more);
  std::uint64_t size() const noexcept { return size_; }
  /// Up to `most` bytes from offset `at`; empty past the end.
  result<bytes> read(std::uint64_t at, std::size_t most) const;

private:
  explicit spool_file(int descriptor) noexcept : descriptor_{descriptor} {}

  int descriptor_;
  std::uint64_t size_ = 0;
};

} // namespace muster::service
