// Keeps the entries of an IMA log until it is known which of them a quote covers.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <memory>

namespace muster::tpm {

/// Where the entries of a log lie, in blocks that it shares with whoever brought them: nothing is copied.
class ima_arena {
public:
  /// Keeps `owner` alive. Entries that are added from now on lie in `block`, which is below 4 GiB.
  void hold(byte_view block, std::shared_ptr<const void> owner) {
    blocks_.push_back({block, std::move(owner)});
  }
  /// The next entry begins at `offset` of the block that is held last.
  void add(std::size_t offset) {
    places_.push_back({static_cast<std::uint32_t>(blocks_.size() - 1), static_cast<std::uint32_t>(offset)});
  }
  /// Forgets all entries from `n` on.
  void keep(std::size_t n) { places_.resize(n); }

  std::size_t size() const noexcept { return places_.size(); }
  /// Of all blocks; the entries take no more.
  std::size_t bytes() const noexcept {
    std::size_t out = 0;
    for (const auto& one : blocks_)
      out += one.bytes.size();
    return out;
  }
  /// The entry, and whatever lies behind it in its block.
  byte_view operator[](std::size_t i) const noexcept {
    return blocks_[places_[i].block].bytes.subspan(places_[i].offset);
  }

  /// The block of an entry, as its number.
  std::size_t block_of(std::size_t i) const noexcept { return places_[i].block; }

private:
  struct held_block {
    byte_view bytes;
    std::shared_ptr<const void> owner;
  };
  struct place {
    std::uint32_t block = 0;
    std::uint32_t offset = 0;
  };
  std::vector<held_block> blocks_;
  std::vector<place> places_;
};

} // namespace muster::tpm
