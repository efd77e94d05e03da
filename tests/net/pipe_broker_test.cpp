#include "tests/net/service.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <doctest/doctest.h>

#include <sys/socket.h>

using namespace muster;
using namespace muster::net;
using namespace muster::net::test;
using namespace std::chrono_literals;

TEST_CASE("peers are distinguished by protocol and certificate, and served") {
  service s;
  peer node{s.port()};
  REQUIRE(node.connect(good_client()));
  CHECK(node.ask(as_bytes("hello")) == to_bytes(as_bytes("hello")));
  CHECK(node.ask(bytes(1'000'000, 5)) == bytes(1'000'000, 5));
  peer stranger{s.port()};
  REQUIRE(stranger.connect(pki::ours().client(pki::stranger(), tls_protocol::enrol)));
  CHECK(stranger.ask(as_bytes("hello")));
  {
    const std::lock_guard guard{s.seen.lock};
    REQUIRE(s.seen.peers.size() == 2);
    CHECK(s.seen.peers[0].role == peer_role::node);
    CHECK(s.seen.peers[1].role == peer_role::stranger);
  }
  const auto c = s.counters();
  CHECK(c.accepted == 2);
  CHECK(c.open == 2);
  CHECK(c.half_open == 0);
}

TEST_CASE("a peer that leaves ends its session, and a peer whose session ends it still gets the last bytes") {
  service s;
  {
    peer leaves{s.port()};
    REQUIRE(leaves.connect(good_client()));
    CHECK(leaves.ask(bytes(8)));
  }
  CHECK(eventually([&] { return s.seen.ended_as(pipe_end::by_peer); }));
}

TEST_CASE("a session that hangs up still delivers its last bytes, whatever the peer sends meanwhile") {
  service s{{}, {.reply_size = 1'000'000, .hang_up = true}};
  peer p{s.port()};
  REQUIRE(p.connect(good_client()));
  for (int i = 0; i < 8; ++i)
    REQUIRE(p.send(bytes(30'000)));
  CHECK(p.receive() == bytes(1'000'000));
  CHECK(p.cut_off());
  CHECK(eventually([&] { return s.seen.ended_as(pipe_end::by_owner); }));
  CHECK(s.seen.frames == 1);
}

TEST_CASE("a peer is halted at its session's credit, and continues once credit is given back") {
  // Sessions that never give credit back: the kernel's buffers fill up, and the peer must stop sending.
  pipe_limits limits;
  limits.unacknowledged = 128 * 1024;
  service s{limits, {.give_credit = false}};
  peer p{s.port()};
  REQUIRE(p.connect(good_client()));
  p.set_blocking(false);
  REQUIRE(p.channel().send(bytes(1'000'000)));
  const auto chunk = p.channel().take_output();
  std::size_t sent = 0;
  const auto counted = [&] { return s.counters().bytes_in; };
  CHECK(eventually([&] {
    const auto n = ::send(p.fd(), chunk.data(), chunk.size(), MSG_NOSIGNAL);
    if (n > 0) sent += static_cast<std::size_t>(n);
    return n < 0 && counted() >= limits.unacknowledged;
  }));
  CHECK(counted() <= limits.unacknowledged);
  CHECK(sent > limits.unacknowledged);
}

TEST_CASE("large transfers exceed the credit window many times") {
  service s;
  peer p{s.port()};
  REQUIRE(p.connect(good_client()));
  for (int i = 0; i < 8; ++i)
    CHECK(p.ask(bytes(1'000'000, 9)) == bytes(1'000'000, 9));
}

TEST_CASE("limits in total, for half-open pipes and for each address refuse and count") {
  SUBCASE("pipes") {
    pipe_limits limits;
    limits.pipes = 2;
    service s{limits};
    peer a{s.port()}, b{s.port()};
    REQUIRE(a.connect(good_client()));
    REQUIRE(b.connect(good_client()));
    peer c{s.port()};
    CHECK(c.cut_off());
    CHECK(s.counters().refused_pipes == 1);
    CHECK(a.ask(bytes(8)));
  }
  SUBCASE("half open") {
    pipe_limits limits;
    limits.half_open = 1;
    service s{limits};
    peer a{s.port()};
    CHECK(eventually([&] { return s.counters().half_open == 1; }));
    peer b{s.port()}; // the newest gets in; the one before has to go
    CHECK(a.cut_off());
    REQUIRE(b.connect(good_client()));
    CHECK(b.ask(bytes(8)));
    CHECK(s.counters().cut_crowded == 1);
    peer c{s.port()};
    CHECK(c.connect(good_client()));
    CHECK(s.counters().cut_crowded == 1);
  }
  SUBCASE("accepts of one address") {
    pipe_limits limits;
    limits.accepts = {.burst = 3, .per_second = 0.001};
    service s{limits};
    std::vector<peer> let_in;
    for (int i = 0; i < 3; ++i)
      let_in.emplace_back(s.port());
    CHECK(eventually([&] { return s.counters().accepted == 3; }));
    peer d{s.port()};
    CHECK(d.cut_off());
    CHECK(s.counters().refused_rate == 1);
  }
}

namespace {

/// When this returns, the broker has taken the change.
void change(service& s, const pipe_limits& limits) {
  caf::anon_send(s.broker(), pipe_change{limits});
  s.counters();
}

} // namespace

TEST_CASE("other limits count from the moment when they are changed, and no open session is cut for them") {
  pipe_limits limits;
  limits.pipes = 3;
  limits.accepts = {.burst = 100, .per_second = 0.001};
  service s{limits};
  peer a{s.port()}, b{s.port()}, c{s.port()};
  for (auto* one : {&a, &b, &c})
    REQUIRE(one->connect(good_client()));
  CHECK(peer{s.port()}.cut_off());
  CHECK(s.counters().refused_pipes == 1);
  limits.pipes = 4;
  change(s, limits);
  peer d{s.port()};
  REQUIRE(d.connect(good_client()));
  limits.pipes = 1;
  change(s, limits);
  CHECK(peer{s.port()}.cut_off());
  CHECK(s.counters().open == 4);
  for (auto* one : {&a, &b, &c, &d})
    CHECK(one->ask(bytes(8)));
  limits.pipes = 100;
  limits.accepts = {.burst = 1, .per_second = 0.001};
  change(s, limits);
  peer e{s.port()};
  REQUIRE(e.connect(good_client()));
  CHECK(peer{s.port()}.cut_off());
  CHECK(s.counters().refused_rate == 1);
}

TEST_CASE("fewer handshakes at a time cut those that are too many, and a shorter deadline those that take "
          "too long") {
  service s;
  std::vector<peer> slow;
  for (int i = 0; i < 3; ++i)
    slow.emplace_back(s.port());
  CHECK(eventually([&] { return s.counters().half_open == 3; }));
  pipe_limits limits;
  limits.half_open = 1;
  change(s, limits);
  CHECK(eventually([&] { return s.counters().cut_crowded == 2; }));
  limits.handshake = 1ms;
  change(s, limits);
  CHECK(eventually([&] { return s.counters().cut_handshake == 1; }));
}

TEST_CASE("a session without traffic is cut after the idle time") {
  pipe_limits limits;
  limits.idle = 100ms;
  service s{limits};
  peer p{s.port()};
  REQUIRE(p.connect(good_client()));
  CHECK(p.cut_off());
  CHECK(eventually([&] { return s.counters().cut_idle == 1; }));
  CHECK(eventually([&] { return s.seen.ended_as(pipe_end::idle); }));
}

TEST_CASE("a pipe's owner decides how long the peer may be silent, whatever the limit for others") {
  pipe_limits limits;
  limits.idle = std::chrono::hours{1};
  manners how;
  how.silence = 100ms;
  service s{limits, how};
  peer p{s.port()};
  REQUIRE(p.connect(good_client()));
  CHECK(p.cut_off());
  CHECK(eventually([&] { return s.seen.ended_as(pipe_end::idle); }));
}

TEST_CASE("after stop_accepting no new peer gets in and every present one stays") {
  service s;
  peer p{s.port()};
  REQUIRE(p.connect(good_client()));
  s.stop_accepting();
  CHECK_FALSE(connect_to({"127.0.0.1", s.port()}, 5s));
  CHECK(p.ask(bytes(8)));
}

TEST_CASE("when the broker ends, every owner is notified and every peer is closed") {
  std::optional<service> s{std::in_place};
  peer p{s->port()};
  REQUIRE(p.connect(good_client()));
  caf::anon_send_exit(s->broker(), caf::exit_reason::user_shutdown);
  CHECK(eventually([&] { return s->seen.ended_as(pipe_end::stopping); }));
  CHECK(p.cut_off());
  s.reset();
}

TEST_CASE("a late answer for a peer that left never reaches the next peer on the same descriptor") {
  // The owner of the first pipe keeps sending after its peer has left and another pipe has taken the
  // descriptor.
  io_config config;
  caf::actor_system system{config};
  auto listener = listen_on({"127.0.0.1", 0}).value();
  const auto port = local_endpoint(listener.socket).value().tcp()->port;
  std::mutex lock;
  std::vector<pipe_opened> opened;
  std::atomic<int> closed = 0;
  // Has an argument because CAF's header binds a null reference for a function that takes only `self`.
  const auto owner = [](pipe_owner_actor::pointer,
                        std::atomic<int>* ends) -> pipe_owner_actor::behavior_type {
    return {[](const pipe_data&) {}, [ends](const pipe_closed&) { ++*ends; }};
  };
  const auto broker =
      spawn_pipe_broker(system, {{std::make_shared<listening_socket>(std::move(listener))},
                                 [&](const pipe_opened& o) -> pipe_owner_actor {
                                   const std::lock_guard guard{lock};
                                   opened.push_back(o);
                                   return system.spawn(owner, &closed);
                                 },
                                 pipe_limits{},
                                 runtime::log::to([](std::string_view) {}, runtime::log_level::error)});
  const auto arrived = [&](std::size_t n) {
    return eventually([&] {
      const std::lock_guard guard{lock};
      return opened.size() == n;
    });
  };
  {
    peer a{port};
    REQUIRE(arrived(1));
  }
  REQUIRE(eventually([&] { return closed == 1; }));
  std::vector<peer> others;
  for (std::size_t i = 0; i < 8; ++i) {
    others.emplace_back(port);
    REQUIRE(arrived(i + 2));
  }
  pipe_handle of_a{opened[0]};
  of_a.send(to_bytes(as_bytes("secret for A")));
  of_a.ready();
  of_a.close();
  for (std::size_t i = 0; i < others.size(); ++i) {
    CHECK(opened[i + 1].pipe != opened[0].pipe);
    pipe_handle{opened[i + 1]}.send(to_bytes(as_bytes("yours")));
    CHECK(others[i].read_raw() == to_bytes(as_bytes("yours")));
  }
  caf::anon_send_exit(broker, caf::exit_reason::user_shutdown);
  CHECK(eventually([&] { return closed == 9; }));
}

TEST_CASE("a pipe whose owner dies is closed") {
  io_config config;
  caf::actor_system system{config};
  auto listener = listen_on({"127.0.0.1", 0}).value();
  const auto port = local_endpoint(listener.socket).value().tcp()->port;
  const auto mortal = [](pipe_owner_actor::pointer self,
                         caf::exit_reason of) -> pipe_owner_actor::behavior_type {
    return {[self, of](const pipe_data&) { self->quit(of); }, [](const pipe_closed&) {}};
  };
  const auto broker =
      spawn_pipe_broker(system, {{std::make_shared<listening_socket>(std::move(listener))},
                                 [&](const pipe_opened&) -> pipe_owner_actor {
                                   return system.spawn(mortal, caf::exit_reason::unhandled_exception);
                                 },
                                 pipe_limits{},
                                 runtime::log::to([](std::string_view) {}, runtime::log_level::error)});
  peer p{port};
  p.write_raw(bytes{1});
  CHECK(p.cut_off());
  caf::anon_send_exit(broker, caf::exit_reason::user_shutdown);
}
