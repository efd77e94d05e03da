// The sink of heads: a file to which each new head is added, for operators to ship elsewhere. Adapter.
#pragma once

#include "crypto/log_head.hpp"

#include <optional>
#include <string>

namespace muster::service {

/// One line for each head: rest::LogHead as JSON.
class head_file {
public:
  /// Nothing is written if `path` is empty.
  explicit head_file(std::string path) : path_{std::move(path)} {}

  static std::string line_of(const crypto::signed_log_head& head);
  bool is_kept() const noexcept { return !path_.empty(); }
  /// Adds a line to the end, in one write. What is not there to be written, a pipe without reader, is a fault
  /// and no wait; a file system that hangs is waited for. fault io.
  status add(const std::string& line) const;

  /// The head of the last line that holds one: what the service said before it was stopped. Empty if there is
  /// no file, or no such line within its last 64 KiB. Nothing is verified. fault io.
  result<std::optional<crypto::signed_log_head>> last() const;

private:
  std::string path_;
};

} // namespace muster::service
