// The sink of heads: a file to which each new head is appended, for operators to ship elsewhere. Adapter.
#pragma once

#include "crypto/log_head.hpp"

#include <optional>
#include <string>

namespace muster::service {

/// One line for each head: rest::LogHead as JSON.
class head_file {
public:
  /// If `path` is empty, nothing is written.
  explicit head_file(std::string path) : path_{std::move(path)} {}

  static std::string line_of(const crypto::signed_log_head& head);
  bool is_enabled() const noexcept { return !path_.empty(); }
  /// Appends a line, in one write. A target that cannot be written, such as a pipe without a reader, is a
  /// fault and does not block; a file system that hangs does block. fault io.
  status add(const std::string& line) const;

  /// The head in the last line that holds one: the newest that this service wrote before it stopped. Empty if
  /// there is no file, or no such line in its last 64 KiB. Nothing is verified. fault io.
  result<std::optional<crypto::signed_log_head>> last() const;

private:
  std::string path_;
};

} // namespace muster::service
