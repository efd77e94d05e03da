// How many bytes the far end of a stream may send. Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace muster::net::link {

/// The memory of a link beyond the first window of each stream.
class credit_pool {
public:
  explicit credit_pool(std::size_t size) noexcept : size_{size} {}

  /// The most that a stream may have of it, which has `own` already: an eighth of what is left. So no stream takes all,
  /// and the more they hold, the less is given out (dynamic thresholds: Choudhury and Hahne, 1998). With nothing of it a
  /// stream still has its first window.
  std::size_t most_for(std::size_t own) const noexcept { return (size_ - std::min(size_, used_ - own)) / 8; }
  void change(std::size_t from, std::size_t to) noexcept { used_ = used_ - from + to; }
  std::size_t used() const noexcept { return used_; }

private:
  std::size_t size_;
  std::size_t used_ = 0;
};

/// What the far end of one stream may send, and what has come and is not consumed.
/// Invariant: `granted() + held()` is at most the first window and what the pool gave.
class receive_window {
public:
  /// Granted to each stream without a word. A handshake's flight fits, so a stream works even if the pool is empty.
  static constexpr std::size_t first = 4096;
  static constexpr std::size_t largest = 256UL * 1024;

  /// Bytes came, and the sender says that `waiting` more could follow. False: they are more than was granted.
  bool take(std::size_t n, std::size_t waiting) noexcept {
    if (n > granted_) return false;
    granted_ -= n;
    held_ += n;
    wanted_ = waiting;
    return true;
  }

  /// Caller: at most what is held.
  void consumed(std::size_t n, credit_pool& pool) noexcept {
    held_ -= std::min(n, held_);
    settle(pool);
  }

  /// What to grant now; 0 while it is not worth a message. If nothing is held and nothing granted, it is never 0.
  std::size_t due(const credit_pool& pool) const noexcept {
    const auto target = first + std::min({wanted_, largest - first, pool.most_for(reserved_)});
    const auto have = granted_ + held_;
    return target < have + first / 2 ? 0 : target - have;
  }

  void grant(std::size_t n, credit_pool& pool) noexcept {
    granted_ += n;
    settle(pool);
  }

  /// The stream is over: gives its part of the pool back.
  void release(credit_pool& pool) noexcept {
    granted_ = held_ = 0;
    settle(pool);
  }

  std::size_t granted() const noexcept { return granted_; }
  std::size_t held() const noexcept { return held_; }

private:
  void settle(credit_pool& pool) noexcept {
    const auto now = std::max(granted_ + held_, first) - first;
    pool.change(reserved_, now);
    reserved_ = now;
  }

  std::size_t granted_ = first;
  std::size_t held_ = 0;
  std::size_t wanted_ = 0;   // what the sender could send, as it says
  std::size_t reserved_ = 0; // of the pool
};

} // namespace muster::net::link
