// Exclusive use of a software TPM.
#pragma once

#include "messages/vocabulary/result.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace muster::tpm {

/// Held while a program works with the software TPM at a socket: flock on the file `<socket>.lock`. swtpm
/// itself does not keep clients apart, because tpm2-tss connects again for each command. Without the lock,
/// one client would flush another one's keys between two of its commands. The kernel releases the lock when
/// its holder dies.
class exclusive_use {
public:
  /// Waits up to `patience` for the lock. fault busy: another holder kept it that long; io: the file cannot
  /// be opened or created.
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
