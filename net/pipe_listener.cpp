#include "net/pipe_listener.hpp"

#include <cerrno>

namespace muster::net {

namespace {

constexpr int accepts_at_once = 16; // then the established connections get their turn

/// Errors of the connection that was about to be accepted, not of the listener (accept(2)).
bool concerns_connection(int error) noexcept {
  switch (error) {
  case ECONNABORTED:
  case EINTR:
  case EPROTO:
  case ENETDOWN:
  case ENOPROTOOPT:
  case EHOSTDOWN:
  case ENONET:
  case EHOSTUNREACH:
  case EOPNOTSUPP:
  case ENETUNREACH:
  case EPERM: return true;
  default: return false;
  }
}

} // namespace

pipe_listener::pipe_listener(caf::io::network::default_multiplexer& loop, listening_socket socket,
                             std::size_t number, listener_host& host)
    : event_handler{loop, socket.socket.release()}, file_{std::move(socket.file)}, number_{number},
      host_{host} {}

void pipe_listener::resume() {
  if (closed_ || accepting_) return;
  accepting_ = true;
  backend().add(operation::read, fd(), this);
}

void pipe_listener::pause() {
  if (!accepting_) return;
  accepting_ = false;
  backend().del(operation::read, fd(), this);
}

void pipe_listener::close() {
  if (closed_) return;
  pause();
  closed_ = true;
  file_.remove();
  // shutdown refuses the peers in the backlog now, not when the descriptor closes. For the posted reference
  // see pipe_socket::end.
  ::shutdown(fd(), SHUT_RDWR);
  backend().post([self = pipe_listener_ptr{this}] {});
}

void pipe_listener::handle_event(operation op) {
  if (op == operation::propagate_error || !accepting_) return;
  for (int i = 0; i < accepts_at_once && accepting_; ++i) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    socket_fd connection{
        ::accept4(fd(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (connection.valid()) {
      host_.accepted(std::move(connection), from, number_);
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    if (concerns_connection(errno)) continue;
    pause();
    return host_.exhausted(*this);
  }
}

} // namespace muster::net
