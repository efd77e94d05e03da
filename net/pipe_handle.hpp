// The owner's end of a pipe.
#pragma once

#include "net/pipe.hpp"

namespace muster::net {

/// Gathers the credit that an owner gives back, so that not every small frame costs a message. Pure.
class credit_meter {
public:
  /// Well below the credit that a carrier grants (256 KiB), so that gathering never halts a peer.
  static constexpr std::size_t batch = 64 * 1024;

  /// Adds `n`. Returns how much to give back now: 0, or everything gathered once it is a batch.
  std::size_t consumed(std::size_t n) noexcept {
    gathered_ += n;
    return gathered_ < batch ? 0 : std::exchange(gathered_, 0);
  }

private:
  std::size_t gathered_ = 0;
};

/// Sends the owner's messages to the carrier. Every call is one message at most: nothing blocks and nothing
/// fails. The owner learns of the pipe's end by `pipe_closed`.
class pipe_handle {
public:
  pipe_handle() = default;
  explicit pipe_handle(const pipe_opened& opened) : id_{opened.pipe}, carrier_{opened.carrier} {}

  pipe_id id() const noexcept { return id_; }
  explicit operator bool() const noexcept { return static_cast<bool>(carrier_); }

  /// Sends nothing if `chunk` is empty.
  void send(bytes chunk) const;
  void ready() const;
  void allow_silence(std::chrono::milliseconds allowed) const;
  /// The carrier sends nothing that comes after this; `pipe_closed` follows.
  void close() const;
  void consumed(std::size_t n);

private:
  pipe_id id_{};
  pipe_carrier_actor carrier_;
  credit_meter meter_;
};

} // namespace muster::net
