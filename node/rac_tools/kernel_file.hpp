// Kernel files, whose size is unknown until they have been read to the end. Adapter.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <string>
#include <utility>

namespace muster::node {

/// One file, open for reading at any offset.
class kernel_file {
public:
  /// fault not_found: no such file; denied: no permission; io.
  static result<kernel_file> open(const std::string& path);
  ~kernel_file();
  kernel_file(kernel_file&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
  kernel_file& operator=(kernel_file&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  kernel_file(const kernel_file&) = delete;
  kernel_file& operator=(const kernel_file&) = delete;

  /// Fills `into` from `offset`; fewer bytes only at the end of the file. A kernel list may have grown by the
  /// next call.
  result<std::size_t> read_at(std::uint64_t offset, mutable_bytes into) const;

private:
  explicit kernel_file(int descriptor) noexcept : descriptor_{descriptor} {}
  int descriptor_;
};

/// The whole file. fault: as `open`; limit: longer than `most`.
result<bytes> read_whole(const std::string& path, std::size_t most);

} // namespace muster::node
