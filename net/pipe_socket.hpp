// One socket as a pipe: moves bytes between the kernel and the pipe's owner. Adapter; lives on the I/O
// thread.
#pragma once

#include "net/pipe_broker.hpp"

#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/event_handler.hpp>
#include <caf/ref_counted.hpp>

#include <optional>
#include <span>

namespace muster::net {

class pipe_socket;
using steady_time = std::chrono::steady_clock::time_point;

/// What the sockets of one I/O thread share; it also receives their events.
class pipe_host {
public:
  explicit pipe_host(pipe_limits with) : limits{with}, scratch(64UL * 1024) {}
  pipe_host(const pipe_host&) = delete;
  pipe_host& operator=(const pipe_host&) = delete;
  virtual ~pipe_host() = default;

  /// `socket` is no longer half open: it is ready, closing or ended.
  virtual void settled(pipe_socket& socket) = 0;
  /// The last call from a socket. It may come from within any call to the socket.
  virtual void ended(pipe_socket& socket, pipe_end why) = 0;

  pipe_limits limits;
  pipe_counters counters;
  bytes scratch; ///< the read buffer that all share: an idle pipe holds none
};

/// No call blocks. No actor's handler is ever called from here, only messages are sent: CAF's brokers do not
/// survive a nested activation.
class pipe_socket final : public caf::ref_counted, public caf::io::network::event_handler {
public:
  using operation = caf::io::network::operation;

  /// Takes over `fd`. The pipe is half open and does not read until `start`.
  pipe_socket(caf::io::network::default_multiplexer& loop, int fd, pipe_id id, pipe_owner_actor owner,
              pipe_host& host);

  pipe_id id() const noexcept { return id_; }
  const pipe_owner_actor& owner() const noexcept { return owner_; }

  /// Starts reading.
  void start();
  void send(shared_bytes chunk);
  void credit(std::size_t n);
  void ready();
  /// Replaces the shared idle limit for this pipe.
  void allow_silence(std::chrono::milliseconds allowed) noexcept { silence_ = allowed; }
  /// Flushes, sends end of stream, and waits for the peer's. Closing at once could cause a reset, which would
  /// throw away the bytes that the peer has not read.
  void close();
  /// Ends the pipe now.
  void end(pipe_end why);
  /// Ends the pipe if a deadline has passed.
  void check_deadline(steady_time now);

  void handle_event(operation op) override;
  void removed_from_loop(operation) override {}
  void graceful_shutdown() override {}

private:
  enum class phase : std::uint8_t { half_open, open, draining, ended };

  void want(operation op, bool& now, bool wanted);
  void leave_half_open();
  void read();
  void discard();
  void flush();
  /// Hands the kernel as much as it takes at once. Returns 1; 0: the kernel is full; -1: the socket broke.
  int write_some();
  void written(std::size_t n);
  void finish_writing();

  pipe_id id_;
  pipe_owner_actor owner_;
  pipe_host& host_;
  phase phase_ = phase::half_open;
  bool reading_ = false;
  bool writing_ = false;
  std::optional<std::chrono::milliseconds> silence_;
  steady_time since_;              // half_open, draining: when the phase began; open: when the last byte came
  std::size_t unacknowledged_ = 0; // bytes that the owner has not consumed
  std::size_t discarded_ = 0;      // bytes that came while draining
  std::vector<shared_bytes> waiting_; // for the peer
  std::size_t first_ = 0;             // chunks of `waiting_` that were sent
  std::size_t offset_ = 0;            // bytes of the next chunk that were sent
  std::size_t unsent_ = 0;            // bytes that wait, plus the cost of each chunk
};

using pipe_socket_ptr = caf::intrusive_ptr<pipe_socket>;

} // namespace muster::net
