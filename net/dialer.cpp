#include "net/dialer.hpp"

#include "actors/runtime/guard.hpp"

#include <caf/actor_ostream.hpp>
#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace muster::net {

namespace {

constexpr std::chrono::seconds adoption{10}; // generous: the broker only registers the socket

using promise = caf::typed_response_promise<dialled>;

promise connect(dialer_actor::pointer self, const pipe_broker_actor& broker, const runtime::log& log,
                const dial& order) {
  auto answer = self->make_response_promise<promise>();
  auto socket = connect_to(order.where, order.deadline);
  if (!socket) {
    log.debug("dial.failed", {{"where", to_string(order.where)},
                              runtime::fault_code(socket.fault()),
                              runtime::fault_check(socket.fault())});
    answer.deliver(dialled{socket.fault()});
    return answer;
  }
  self->request(broker, adoption, pipe_adopt{std::make_shared<socket_fd>(std::move(*socket)), order.owner})
      .then([answer](const pipe_opened& pipe) mutable { answer.deliver(dialled{pipe}); },
            [answer](const caf::error&) mutable {
              answer.deliver(dialled{fault{errc::busy, "dialer: the pipe broker takes no more connections"}});
            });
  return answer;
}

dialer_actor::behavior_type dialer(dialer_actor::pointer self, const pipe_broker_actor& broker,
                                   const runtime::log& log) {
  runtime::guard(*self, log, "dialer");
  self->monitor(broker);
  self->set_down_handler([self](const caf::down_msg& down) { self->quit(down.reason); });
  return {
      [self, broker, log](const dial& order) { return connect(self, broker, log, order); },
  };
}

} // namespace

dialer_actor spawn_dialer(caf::actor_system& system, pipe_broker_actor broker, runtime::log log) {
  return system.spawn<caf::detached>(dialer, std::move(broker), std::move(log));
}

} // namespace muster::net
