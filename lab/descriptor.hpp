// A file descriptor that closes itself.
#pragma once

#include <unistd.h>

namespace muster::lab {

class descriptor {
public:
  explicit descriptor(int value) noexcept : value_{value} {}
  ~descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  /// Negative if the open failed.
  int get() const noexcept { return value_; }

private:
  int value_;
};

} // namespace muster::lab
