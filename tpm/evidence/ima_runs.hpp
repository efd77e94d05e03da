// Keeps the entries of an IMA log, in the bytes that brought them.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <memory>

namespace muster::tpm {

/// Entries that lie one behind the other, in bytes that somebody keeps alive.
struct ima_run {
  byte_view bytes; ///< these entries and nothing else
  std::shared_ptr<const void> owner;
};

/// Entries in their order, in blocks that are shared with whoever brought them: nothing is copied, and an
/// entry costs nothing beside its bytes.
class ima_runs {
public:
  /// Keeps `owner` alive. Entries that are added from now on lie one behind the other at the front of
  /// `block`.
  void hold(byte_view block, std::shared_ptr<const void> owner) {
    runs_.push_back({block.first(0), std::move(owner)});
  }
  /// The next entry has `size` bytes. Caller: they are in the block that is held last.
  void add(std::size_t size) {
    auto& last = runs_.back().bytes;
    last = {last.data(), last.size() + size};
    bytes_ += size;
    ++entries_;
  }

  /// Of entries.
  std::size_t size() const noexcept { return entries_; }
  /// Of all entries.
  std::size_t bytes() const noexcept { return bytes_; }
  const std::vector<ima_run>& list() const noexcept { return runs_; }

private:
  std::vector<ima_run> runs_;
  std::size_t entries_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace muster::tpm
