#include "service/client_api/client_api.hpp"

#include "actors/runtime/guard.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

using client_api_pointer = client_api_actor::stateful_pointer<client_api_state>;

/// Time for each peer to take its last frame. The broker cuts the rest.
constexpr std::chrono::seconds stop_wait{3};

net::pipe_acceptor make_acceptor(caf::actor_system& system, client_api_actor api, session_deps_ptr deps) {
  // Runs on the I/O thread, so it only spawns and returns.
  return [&system, api = std::move(api), deps = std::move(deps)](const net::pipe_opened& opened) {
    auto made = system.spawn(session, deps, opened);
    caf::anon_send(api, begin_atom::value, made);
    return caf::actor_cast<net::pipe_owner_actor>(made);
  };
}

void over(client_api_pointer self) {
  for (auto& one : self->state.stop_waits)
    one.deliver(true);
  self->state.stop_waits.clear();
  self->send_exit(self->state.broker, caf::exit_reason::user_shutdown);
  self->quit();
}

void gone(client_api_pointer self, const caf::down_msg& down) {
  // Without the broker no agent can talk or connect, so this actor ends as well, and its watcher notices.
  if (down.source == self->state.broker.address() && !self->state.stopping) return self->quit(down.reason);
  auto& sessions = self->state.sessions;
  sessions.erase(down.source.id());
  if (self->state.stopping && sessions.empty()) over(self);
}

caf::typed_response_promise<bool> stop(client_api_pointer self) {
  auto promise = self->make_response_promise<bool>();
  auto& state = self->state;
  state.stop_waits.push_back(promise);
  if (std::exchange(state.stopping, true)) return promise;
  self->request(state.broker, stop_wait, net::pipe_stop_accepting{})
      .then([](const net::pipe_counters&) {}, [](const caf::error&) {});
  for (const auto& [id, one] : state.sessions)
    self->send(one, end_atom::value, session_end::stopping);
  self->delayed_send(self, stop_wait, tick_atom::value);
  if (state.sessions.empty()) over(self);
  return promise;
}

} // namespace

client_api_actor::behavior_type client_api(client_api_pointer self, client_api_deps deps) {
  runtime::guard(*self, deps.log, "client_api");
  self->set_down_handler([self](caf::down_msg& down) { gone(self, down); });
  self->state.broker = net::spawn_pipe_broker(
      self->system(),
      {std::move(deps.listeners), make_acceptor(self->system(), self, deps.sessions), deps.limits, deps.log});
  self->monitor(self->state.broker);
  self->send(self, minute_atom::value);
  return {
      [self](begin_atom, const session_actor& one) {
        if (self->state.stopping) return self->send(one, end_atom::value, session_end::stopping);
        self->monitor(one);
        self->state.sessions.emplace(one.id(), one);
      },
      [self](changed_atom, const net::pipe_limits& limits) {
        self->send(self->state.broker, net::pipe_change{limits});
      },
      [self](tick_atom) {
        if (self->state.stopping) over(self);
      },
      [self, look = std::move(deps.each_minute)](minute_atom) {
        if (look) look();
        self->delayed_send(self, std::chrono::minutes{1}, minute_atom::value);
      },
      [self](stop_atom) { return stop(self); },
  };
}

} // namespace muster::service
