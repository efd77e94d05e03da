// How much an owner hands to the carrier of its pipe before it waits.
#pragma once

#include "net/pipe.hpp"

#include <atomic>
#include <functional>

namespace muster::net {

/// Counts the bytes that were handed over and are not out yet. A carrier lets go of a chunk when it was written, or when
/// the pipe is gone; that is when it stops counting. So no message of the carrier is needed.
class send_window {
public:
  /// `room` is called when the window opens again, on the carrier's thread: it must return at once.
  send_window(std::size_t size, std::function<void()> room)
      : size_{size}, state_{std::make_shared<state>(std::move(room))} {}

  /// Whether one more chunk may be handed over. If not, `room` will be called.
  bool open() const noexcept { return state_->out.load(std::memory_order_acquire) < size_; }

  /// `chunk`, counted until its last holder lets go.
  shared_bytes count(bytes chunk) const {
    const auto n = chunk.size();
    state_->out.fetch_add(n, std::memory_order_acq_rel);
    return {new const bytes{std::move(chunk)}, [n, size = size_, of = state_](const bytes* gone) {
              delete gone;
              const auto before = of->out.fetch_sub(n, std::memory_order_acq_rel);
              if (before >= size && before - n < size && of->room) of->room();
            }};
  }

private:
  struct state {
    explicit state(std::function<void()> f) : room{std::move(f)} {}
    std::atomic<std::size_t> out = 0;
    std::function<void()> room;
  };

  std::size_t size_;
  std::shared_ptr<state> state_;
};

} // namespace muster::net
