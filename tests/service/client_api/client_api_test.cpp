// What breaks if this fails: no agent can connect any more, and the service looks well.
#include "actors/runtime/watcher.hpp"
#include "net/io_config.hpp"
#include "service/client_api/client_api.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <future>

using namespace muster;
using namespace muster::service;

namespace {

using client_api_impl = client_api_actor::stateful_base<client_api_state>;

/// The broker that it spawned.
net::pipe_broker_actor broker_of(caf::actor_system& system, const client_api_actor& api) {
  // Once it has begun, it refuses messages that it does not know.
  caf::scoped_actor self{system};
  self->request(caf::actor_cast<caf::actor>(api), std::chrono::seconds{30}, 42)
      .receive([] {}, [](const caf::error&) {});
  const auto* impl = dynamic_cast<client_api_impl*>(caf::actor_cast<caf::abstract_actor*>(api));
  REQUIRE(impl != nullptr);
  REQUIRE(impl->state.broker);
  return impl->state.broker;
}

} // namespace

TEST_CASE("a watcher of the door is notified when its sockets are gone") {
  net::io_config config;
  caf::actor_system system{config};
  const runtime::log quiet;
  const auto api = system.spawn(client_api, client_api_deps{nullptr, {}, {}, quiet});
  std::promise<void> ended;
  runtime::watcher watch{system, quiet, [&] { ended.set_value(); }};
  watch.add("client_api", api);
  caf::anon_send_exit(broker_of(system, api), caf::exit_reason::unhandled_exception);
  CHECK(ended.get_future().wait_for(std::chrono::seconds{30}) == std::future_status::ready);
}

TEST_CASE("a door that is closed in order answers, and then its sockets may go") {
  net::io_config config;
  caf::actor_system system{config};
  const auto api = system.spawn(client_api, client_api_deps{nullptr, {}, {}, runtime::log{}});
  caf::scoped_actor self{system};
  bool stopped = false;
  self->request(api, std::chrono::seconds{30}, stop_atom::value)
      .receive([&](bool good) { stopped = good; }, [](const caf::error&) {});
  CHECK(stopped);
}
