#include "service/rest_api/rest_server.hpp"

#include "service/rest_api/bridge.hpp"
#include "service/rest_api/http_loop.hpp"
#include "service/rest_api/unix_listener.hpp"

#include <caf/all.hpp>

namespace muster::service {

using namespace rest_api;

// Members are destroyed from last to first: the loop ends before its socket is closed.
struct rest_server::parts {
  unix_listener listener;
  bridge_actor bridge;
  std::unique_ptr<http_loop> loop;
};

rest_server::rest_server(std::unique_ptr<parts> p) noexcept : parts_{std::move(p)} {}

result<std::unique_ptr<rest_server>> rest_server::start(rest_deps deps) {
  auto listener = unix_listener::open(deps.socket, deps.group);
  if (!listener) return listener.fault();
  auto actor = deps.system.spawn(
      bridge, bridge_deps{std::move(deps.cache), std::move(deps.trust), std::move(deps.references),
                          std::move(deps.survey), std::move(deps.record_log), std::move(deps.exporter),
                          std::move(deps.rotation), deps.log, std::move(deps.storing), deps.limits.change});
  auto made = std::make_unique<parts>(parts{std::move(*listener), actor, {}});
  auto ask = [actor](rest_request request, std::string by, std::shared_ptr<answer_port> port) {
    caf::anon_send(actor, ask_atom::value,
                   std::make_shared<const waiting_call>(
                       waiting_call{std::move(request), std::move(by), std::move(port)}));
  };
  std::unique_ptr<rest_server> out{new rest_server{std::move(made)}};
  auto loop = http_loop::start(out->parts_->listener.descriptor(), std::move(ask), deps.limits, deps.log,
                               [actor] { caf::anon_send_exit(actor, caf::exit_reason::unreachable); });
  if (!loop) return loop.fault();
  out->parts_->loop = std::move(*loop);
  deps.log.info("rest.listening", {{"socket", deps.socket}});
  return out;
}

void rest_server::stop() {
  if (!parts_) return;
  // The bridge first: the requests that it drops are answered, and these answers still go out.
  caf::anon_send(parts_->bridge, stop_atom::value);
  if (parts_->loop) parts_->loop->stop();
  parts_.reset();
}

caf::strong_actor_ptr rest_server::heart() const {
  return parts_ ? caf::actor_cast<caf::strong_actor_ptr>(parts_->bridge) : nullptr;
}

rest_server::~rest_server() { stop(); }

} // namespace muster::service
