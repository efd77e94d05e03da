// A software TPM to oneself.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace muster::tpm {

/// Held while somebody works with the software TPM behind a socket: flock on the file `<socket>.lock`. swtpm
/// itself does not keep clients apart, because tpm2-tss connects anew for each command: without this, one
/// client would flush the keys of another between two of its commands. The kernel gives the lock back when
/// its holder dies.
class exclusive_use {
public:
  /// Waits for it for `patience`. fault busy: somebody else has it for so long. fault io: the file cannot be
  /// opened or made.
  static result<exclusive_use> take(const std::string& socket, std::chrono::milliseconds patience);

  exclusive_use() noexcept = default; ///< holds nothing
  ~exclusive_use();
  exclusive_use(exclusive_use&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
  exclusive_use& operator=(exclusive_use&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  exclusive_use(const exclusive_use&) = delete;
  exclusive_use& operator=(const exclusive_use&) = delete;

private:
  explicit exclusive_use(int descriptor) noexcept : descriptor_{descriptor} {}
  int descriptor_ = -1;
};

} // namespace muster::tpm
