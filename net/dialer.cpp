#include "net/dialer.hpp"

#include "actors/runtime/guard.hpp"

#include <caf/actor_ostream.hpp>
#include <caf/actor_system.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace muster::net {

namespace {

constexpr std::chrono::seconds adoption{10}; // generous: the broker only registers the socket

using promise = caf::typed_response_promise<dialled>;

using route = std::optional<proxy_route>;

promise connect(dialer_actor::pointer self, const pipe_broker_actor& broker, const runtime::log& log,
                const route& via, const dial& order) {
  auto answer = self->make_response_promise<promise>();
  const auto* tcp = order.where.tcp();
  auto socket = via && tcp != nullptr ? connect_through(*via, *tcp, order.deadline)
                                      : connect_to(order.where, order.deadline);
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
                                   const runtime::log& log, const route& via) {
  runtime::guard(*self, log, "dialer");
  self->monitor(broker);
  self->set_down_handler([self](const caf::down_msg& down) { self->quit(down.reason); });
  return {
      [self, broker, log, via](const dial& order) { return connect(self, broker, log, via, order); },
  };
}

} // namespace

dialer_actor spawn_dialer(caf::actor_system& system, pipe_broker_actor broker, runtime::log log,
                          std::optional<proxy_route> via) {
  return system.spawn<caf::detached>(dialer, std::move(broker), std::move(log), std::move(via));
}

} // namespace muster::net
