// Peers of a Unix socket, with the broker that agents of the network share.
#include "tests/net/service.hpp"
#include "tests/temporary_folder.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <doctest/doctest.h>

#include <filesystem>
#include <unistd.h>

using namespace muster;
using namespace muster::net;
using namespace muster::net::test;
using namespace std::chrono_literals;

TEST_CASE("users of this machine are limited by their uid, and take nothing from the network's share") {
  const testing::temporary_folder folder;
  const auto path = folder.file("sock");
  io_config config;
  caf::actor_system system{config};
  auto at_port = listen_on({"127.0.0.1", 0}).value();
  const auto port = local_endpoint(at_port.socket).value();
  auto at_path = listen_on(unix_address{path}).value();
  std::mutex lock;
  std::vector<pipe_opened> opened;
  std::atomic<int> closed = 0;
  const auto owner = [](pipe_owner_actor::pointer,
                        std::atomic<int>* ends) -> pipe_owner_actor::behavior_type {
    return {[](const pipe_data&) {}, [ends](const pipe_closed&) { ++*ends; }};
  };
  pipe_limits limits;
  limits.accepts = {2, 0}; // two of each origin, and then none
  const auto broker =
      spawn_pipe_broker(system, {{std::make_shared<listening_socket>(std::move(at_port)),
                                  std::make_shared<listening_socket>(std::move(at_path))},
                                 [&](const pipe_opened& o) -> pipe_owner_actor {
                                   const std::lock_guard guard{lock};
                                   opened.push_back(o);
                                   return system.spawn(owner, &closed);
                                 },
                                 limits,
                                 runtime::log::to([](std::string_view) {}, runtime::log_level::error)});
  caf::scoped_actor self{system};
  const auto counters = [&] {
    pipe_counters out;
    self->request(broker, patience, pipe_count{})
        .receive([&](const pipe_counters& c) { out = c; }, [](const caf::error&) { FAIL("no counters"); });
    return out;
  };
  std::vector<socket_fd> peers;
  for (int i = 0; i < 3; ++i)
    peers.push_back(connect_to(unix_address{path}, patience).value());
  REQUIRE(eventually([&] { return counters().refused_rate == 1; }));
  peers.push_back(connect_to(port, patience).value());
  REQUIRE(eventually([&] { return counters().accepted == 3; }));
  {
    const std::lock_guard guard{lock};
    REQUIRE(opened.size() == 3);
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(opened[i].listener == 1);
      CHECK(opened[i].origin.text() == "unix:uid=" + std::to_string(::geteuid()));
    }
    CHECK(opened[2].listener == 0);
    CHECK(opened[2].origin.text() == to_string(local_endpoint(peers.back()).value()));
  }
  self->request(broker, patience, pipe_stop_accepting{})
      .receive([](const pipe_counters&) {}, [](const caf::error&) { FAIL("no answer"); });
  // Whoever dials now is refused at once, and the next start finds its place free.
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK(connect_to(unix_address{path}, patience).fault().code == errc::not_found);
  caf::anon_send_exit(broker, caf::exit_reason::user_shutdown);
  CHECK(eventually([&] { return closed == 3; }));
}
