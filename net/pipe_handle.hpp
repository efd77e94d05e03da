// The owner's end of a pipe.
#pragma once

#include "net/pipe.hpp"

namespace muster::net {

/// Credit that an owner has used, gathered so that small frames cost no message of their own. Pure.
class credit_meter {
public:
  /// Well below what a carrier grants (256 KiB), so that gathering never halts a peer.
  static constexpr std::size_t batch = 64 * 1024;

  /// Adds `n`; gives what is to be sent back now: 0, or everything gathered once it is a batch.
  std::size_t consumed(std::size_t n) noexcept {
    gathered_ += n;
    return gathered_ < batch ? 0 : std::exchange(gathered_, 0);
  }

private:
  std::size_t gathered_ = 0;
};

/// Talks to the carrier for the owner. Every call is a message: nothing blocks, nothing fails; what happened
/// to the pipe comes as `pipe_closed`.
class pipe_handle {
public:
  pipe_handle() = default;
  explicit pipe_handle(const pipe_opened& opened) : id_{opened.pipe}, carrier_{opened.carrier} {}

  pipe_id id() const noexcept { return id_; }
  explicit operator bool() const noexcept { return static_cast<bool>(carrier_); }

  /// Nothing is sent for an empty `chunk`.
  void send(bytes chunk) const;
  void ready() const;
  void allow_silence(std::chrono::milliseconds allowed) const;
  /// After this nothing is sent any more, and `pipe_closed` is to come.
  void close() const;
  void consumed(std::size_t n);

private:
  pipe_id id_{};
  pipe_carrier_actor carrier_;
  credit_meter meter_;
};

} // namespace muster::net
