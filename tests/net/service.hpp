// A small service and its clients for tests: a pipe broker with one echoing session for each peer, and real
// sockets on loopback.
#pragma once

#include "net/dialer.hpp"
#include "net/io_config.hpp"
#include "net/pipe_handle.hpp"
#include "net/secure_channel.hpp"
#include "tests/net/pki.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <atomic>
#include <mutex>

namespace muster::net::test {

inline constexpr std::chrono::seconds patience{60}; // only a failing test waits this long

/// Polls until `condition` holds; these tests wait in no other way.
template <class Condition> bool eventually(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

/// What sessions have seen, for the test's thread.
struct sightings {
  std::atomic<int> spawned = 0, opened = 0, faults = 0, frames = 0;
  std::mutex lock;
  std::vector<tls_peer> peers;
  std::vector<pipe_end> ends;
  std::size_t ended() {
    const std::lock_guard guard{lock};
    return ends.size();
  }
  bool ended_as(pipe_end why) {
    const std::lock_guard guard{lock};
    return std::ranges::find(ends, why) != ends.end();
  }
};

/// How the sessions of a service answer.
struct manners {
  std::size_t reply_size = 0; ///< 0: echo
  bool give_credit = true;
  bool hang_up = false;                               ///< after the first answer
  std::optional<std::chrono::milliseconds> silence{}; ///< of each pipe; empty: as in the limits
};

class service {
public:
  explicit service(pipe_limits limits = {}, manners how = {});
  ~service();
  service(const service&) = delete;
  service& operator=(const service&) = delete;

  std::uint16_t port() const { return port_; }
  pipe_broker_actor broker() const { return broker_; }
  caf::actor_system& system() { return system_; }
  pipe_counters counters();
  pipe_counters stop_accepting();
  sightings seen;

private:
  io_config config_;
  caf::actor_system system_;
  std::uint16_t port_ = 0;
  pipe_broker_actor broker_;
};

/// The other end: a blocking socket, with TLS on request.
class peer {
public:
  explicit peer(std::uint16_t port);

  void write_raw(byte_view what);
  /// What came, or nothing once the service has closed.
  std::optional<bytes> read_raw();
  /// True once the service has closed, whatever came before.
  bool cut_off();
  /// Makes reads return at once.
  void set_blocking(bool blocking);

  /// Starts TLS; true if this end considers itself connected.
  bool connect(const client_tls& with);
  secure_channel& channel() { return *channel_; }
  /// The next frame from the service; nothing once it has closed or the channel is broken.
  std::optional<bytes> receive();
  bool send(byte_view payload);
  std::optional<bytes> ask(byte_view payload) { return send(payload) ? receive() : std::nullopt; }

  int fd() const { return socket_.get(); }

private:
  socket_fd socket_;
  std::optional<secure_channel> channel_;
  std::vector<bytes> frames_;
};

/// A client with a good certificate.
const client_tls& good_client();
/// The number of descriptors that this process has open.
std::size_t open_descriptors();

} // namespace muster::net::test
