// One listening socket. Adapter; lives on the I/O thread.
#pragma once

#include "net/listen.hpp"

#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/event_handler.hpp>
#include <caf/ref_counted.hpp>

#include <sys/socket.h>

namespace muster::net {

class pipe_listener;

/// Receives a listener's events.
class listener_host {
public:
  listener_host() = default;
  listener_host(const listener_host&) = delete;
  listener_host& operator=(const listener_host&) = delete;
  virtual ~listener_host() = default;

  virtual void accepted(socket_fd connection, const sockaddr_storage& from, std::size_t listener) = 0;
  /// The process is out of descriptors or memory. The listener is paused: a socket that stays readable would
  /// keep the loop spinning.
  virtual void exhausted(pipe_listener& listener) = 0;
};

class pipe_listener final : public caf::ref_counted, public caf::io::network::event_handler {
public:
  using operation = caf::io::network::operation;

  /// `number` is passed on with each connection.
  pipe_listener(caf::io::network::default_multiplexer& loop, listening_socket socket, std::size_t number,
                listener_host& host);

  void resume();
  void pause();
  /// Ends the listener for good, and removes the file of a Unix socket. The caller drops its reference; the loop keeps the descriptor until it is
  /// done with it.
  void close();

  void handle_event(operation op) override;
  void removed_from_loop(operation) override {}
  void graceful_shutdown() override {}

private:
  unix_file file_;
  std::size_t number_;
  listener_host& host_;
  bool accepting_ = false;
  bool closed_ = false;
};

using pipe_listener_ptr = caf::intrusive_ptr<pipe_listener>;

} // namespace muster::net
