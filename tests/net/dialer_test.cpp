#include "tests/net/service.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <doctest/doctest.h>

using namespace muster;
using namespace muster::net;
using namespace muster::net::test;
using namespace std::chrono_literals;

namespace {

struct inbox {
  std::mutex lock;
  bytes received;
  std::atomic<bool> closed = false;
  bytes now() {
    const std::lock_guard guard{lock};
    return received;
  }
};

pipe_owner_actor::behavior_type collector(pipe_owner_actor::pointer, inbox* in) {
  return {[in](const pipe_data& m) {
            const std::lock_guard guard{in->lock};
            append(in->received, *m.chunk);
          },
          [in](const pipe_closed&) { in->closed = true; }};
}

dialled ask(caf::actor_system& system, const dialer_actor& by, dial order) {
  caf::scoped_actor self{system};
  std::optional<dialled> out;
  self->request(by, patience, std::move(order))
      .receive([&](const dialled& d) { out = d; }, [](const caf::error&) { FAIL("not answered"); });
  return *out;
}

runtime::log silent() {
  return runtime::log::to([](std::string_view) {}, runtime::log_level::error);
}

} // namespace

TEST_CASE("a dialled pipe carries a whole TLS session of its owner") {
  service s;
  const auto dial_from = spawn_dialer(s.system(), s.broker(), silent());
  inbox in;
  const auto owner = s.system().spawn(collector, &in);
  auto got = ask(s.system(), dial_from, {{"127.0.0.1", s.port()}, patience, owner});
  REQUIRE(got.pipe);
  CHECK(got.pipe->origin.text().empty()); // limits are for those who connect to us
  pipe_handle pipe{*got.pipe};
  auto channel = secure_channel::connect(good_client());
  pipe.send(channel.take_output());
  std::size_t fed = 0;
  std::vector<bytes> frames;
  const auto pump = [&] {
    const auto all = in.now();
    auto arrived = channel.feed(byte_view{all}.subspan(fed));
    fed = all.size();
    REQUIRE(arrived);
    for (auto& f : arrived->frames)
      frames.push_back(std::move(f));
    pipe.send(channel.take_output());
  };
  REQUIRE(eventually([&] {
    pump();
    return channel.open();
  }));
  pipe.ready();
  REQUIRE(channel.send(bytes(64, 3)));
  pipe.send(channel.take_output());
  REQUIRE(eventually([&] {
    pump();
    return !frames.empty();
  }));
  CHECK(frames[0] == bytes(64, 3));
  CHECK(s.counters().adopted == 1);
  pipe.close();
  CHECK(eventually([&] { return in.closed.load(); }));
}

TEST_CASE("every dial gets an answer: refused, unknown or deadline") {
  service s;
  const auto dial_from = spawn_dialer(s.system(), s.broker(), silent());
  inbox in;
  const auto owner = s.system().spawn(collector, &in);
  std::uint16_t closed_port = 0;
  {
    const auto was = listen_on({"127.0.0.1", 0}).value();
    closed_port = local_endpoint(was.socket).value().tcp()->port;
  }
  const auto refused = ask(s.system(), dial_from, {{"127.0.0.1", closed_port}, patience, owner});
  REQUIRE_FALSE(refused.pipe);
  CHECK(refused.pipe.fault().code == errc::io);
  const auto unknown = ask(s.system(), dial_from, {{"-", 1}, patience, owner});
  REQUIRE_FALSE(unknown.pipe);
  CHECK(unknown.pipe.fault().code == errc::not_found);
  const auto late = ask(s.system(), dial_from, {{"127.0.0.1", s.port()}, 0ms, owner});
  REQUIRE_FALSE(late.pipe);
  CHECK(late.pipe.fault().code == errc::timeout);
}

TEST_CASE("a dialled pipe whose owner never speaks ends with the handshake deadline") {
  pipe_limits limits;
  limits.handshake = 100ms;
  service s{limits};
  const auto dial_from = spawn_dialer(s.system(), s.broker(), silent());
  inbox in;
  const auto owner = s.system().spawn(collector, &in);
  REQUIRE(ask(s.system(), dial_from, {{"127.0.0.1", s.port()}, patience, owner}).pipe);
  CHECK(eventually([&] { return in.closed.load(); }));
}
