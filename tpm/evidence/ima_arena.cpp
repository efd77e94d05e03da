#include "tpm/evidence/ima_arena.hpp"

namespace muster::tpm {
namespace {

constexpr std::size_t largest_spare = 1U << 20U;

} // namespace

byte_view ima_arena::append(byte_view part) {
  if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < part.size()) {
    const auto rest = unread();
    bytes next;
    // Twice the rest, so that a long entry in tiny parts is not copied for each of them.
    const auto spare = blocks_.empty() ? 0 : std::min(2 * blocks_.back().capacity(), largest_spare);
    next.reserve(std::max(2 * rest.size() + part.size(), spare));
    muster::append(next, rest);
    blocks_.push_back(std::move(next));
    read_ = 0;
  }
  muster::append(blocks_.back(), part);
  return unread();
}

void ima_arena::take(std::size_t size) {
  entries_.push_back({static_cast<std::uint32_t>(blocks_.size() - 1), static_cast<std::uint32_t>(read_)});
  read_ += size;
}

byte_view ima_arena::unread() const noexcept {
  return blocks_.empty() ? byte_view{} : byte_view{blocks_.back()}.subspan(read_);
}

byte_view ima_arena::entry(std::size_t i) const noexcept {
  const auto [block, offset] = entries_[i];
  return byte_view{blocks_[block]}.subspan(offset);
}

} // namespace muster::tpm
