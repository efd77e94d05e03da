// Files of the kernel, which have no size before they were read to their end. Adapter.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <string>
#include <utility>

namespace muster::node {

/// One file, open for reading at any place.
class kernel_file {
public:
  /// fault not_found: there is none; denied: not for us; io.
  static result<kernel_file> open(const std::string& path);
  ~kernel_file();
  kernel_file(kernel_file&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
  kernel_file& operator=(kernel_file&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  kernel_file(const kernel_file&) = delete;
  kernel_file& operator=(const kernel_file&) = delete;

  /// Fills `into` from `offset` on; fewer bytes only at the end of the file. A list of the kernel may have
  /// grown at the next call.
  result<std::size_t> read_at(std::uint64_t offset, mutable_bytes into) const;

private:
  explicit kernel_file(int descriptor) noexcept : descriptor_{descriptor} {}
  int descriptor_;
};

/// The whole file. fault as `open`, and limit: it is longer than `most`.
result<bytes> read_whole(const std::string& path, std::size_t most);

} // namespace muster::node
