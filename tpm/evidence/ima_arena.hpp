// Keeps the entries of an IMA log until it is known which of them a quote covers.
#pragma once

#include "messages/vocabulary/bytes.hpp"

namespace muster::tpm {

/// The log as it came, in few large blocks: entries stay where they are until the prefix is known.
class ima_arena {
public:
  /// Appends, and gives what is not read yet in one piece. Views of entries read before stay valid.
  byte_view append(byte_view part);
  /// Marks `size` bytes at the front of `unread()` as one entry.
  void take(std::size_t size);
  byte_view unread() const noexcept;
  std::size_t size() const noexcept { return entries_.size(); }
  byte_view entry(std::size_t i) const noexcept;
  /// Forgets all entries from `n` on.
  void keep(std::size_t n) { entries_.resize(n); }

private:
  struct place {
    std::uint32_t block = 0;
    std::uint32_t offset = 0;
  };
  std::vector<bytes> blocks_; // none is ever reallocated
  std::size_t read_ = 0;      // of the last block
  std::vector<place> entries_;
};

} // namespace muster::tpm
