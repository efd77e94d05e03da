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

/// What the sockets of one I/O thread share, and whom they tell when they end.
class pipe_host {
public:
  explicit pipe_host(pipe_limits with) : limits{with}, scratch(64UL * 1024) {}
  pipe_host(const pipe_host&) = delete;
  pipe_host& operator=(const pipe_host&) = delete;
  virtual ~pipe_host() = default;

  /// Not half open any more: it is ready, closing, or at its end.
  virtual void settled(pipe_socket& socket) = 0;
  /// The last call of a socket, which may be called from anything that the socket does.
  virtual void ended(pipe_socket& socket, pipe_end why) = 0;

  pipe_limits limits;
  pipe_counters counters;
  bytes scratch; ///< one for all: an idle pipe holds no read buffer
};

/// Everything here is posted or returns at once; no actor's handler is ever called from it, since CAF's
/// brokers do not survive a nested activation.
class pipe_socket final : public caf::ref_counted, public caf::io::network::event_handler {
public:
  using operation = caf::io::network::operation;

  /// Takes over `fd`. Half open, and silent until `start`.
  pipe_socket(caf::io::network::default_multiplexer& loop, int fd, pipe_id id, pipe_owner_actor owner,
              pipe_host& host);

  pipe_id id() const noexcept { return id_; }
  const pipe_owner_actor& owner() const noexcept { return owner_; }

  /// Begins to read.
  void start();
  void send(shared_bytes chunk);
  void credit(std::size_t n);
  void ready();
  /// Instead of the limit that all share.
  void allow_silence(std::chrono::milliseconds allowed) noexcept { silence_ = allowed; }
  /// Flushes, says end of stream, and waits for the peer's: bytes that the peer never read would else be
  /// thrown away by a reset.
  void close();
  /// Ends now.
  void end(pipe_end why);
  /// Ends if a deadline has passed.
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
  /// Hands as much to the kernel as it takes at once: 1, 0 when it is full, -1 when the socket broke.
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
  steady_time since_; // of half_open: its begin; of open: last byte heard; of draining: its begin
  std::size_t unacknowledged_ = 0;    // bytes that the owner has not consumed
  std::size_t discarded_ = 0;         // bytes that came while draining
  std::vector<shared_bytes> waiting_; // for the peer
  std::size_t first_ = 0;             // chunks of `waiting_` that are through
  std::size_t offset_ = 0;            // bytes of the next chunk that are through
  std::size_t unsent_ = 0;            // bytes of `waiting_`, and what each chunk costs
};

using pipe_socket_ptr = caf::intrusive_ptr<pipe_socket>;

} // namespace muster::net
