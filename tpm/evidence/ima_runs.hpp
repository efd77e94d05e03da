// Keeps the entries of an IMA log in the buffers that they arrived in.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <memory>

namespace muster::tpm {

/// Consecutive entries, in bytes that `owner` keeps alive.
struct ima_run {
  byte_view bytes; ///< these entries and nothing else
  std::shared_ptr<const void> owner;
};

/// Entries in order, in blocks shared with the caller that supplied them: nothing is copied, and an entry
/// costs only its bytes.
class ima_runs {
public:
  /// Keeps `owner` alive. The entries added from now on follow one another from the beginning of `block`.
  void hold(byte_view block, std::shared_ptr<const void> owner) {
    runs_.push_back({block.first(0), std::move(owner)});
  }
  /// The next entry has `size` bytes. Caller: they are in the block that was passed to `hold` last.
  void add(std::size_t size) {
    auto& last = runs_.back().bytes;
    last = {last.data(), last.size() + size};
    bytes_ += size;
    ++entries_;
  }

  /// Number of entries.
  std::size_t size() const noexcept { return entries_; }
  /// Bytes of all entries.
  std::size_t bytes() const noexcept { return bytes_; }
  const std::vector<ima_run>& list() const noexcept { return runs_; }

private:
  std::vector<ima_run> runs_;
  std::size_t entries_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace muster::tpm
