// The channel of an admitted machine, from hello to its end.
#include "tests/protocol/agent_session.hpp"

using namespace muster;
using namespace muster::service;

TEST_CASE("no session gets certificates one after the other, because each costs a signature and a permanent "
          "record") {
  const auto renew =
      frame::adopt(build<wire::AgentFrame>([](wire::AgentFrame::Builder out) { out.initRenew(); }));
  auto patient = ready();
  CHECK(patient.on_frame(renew, {1'000}).asks.size() == 1);
  CHECK(patient.on_frame(renew, {31'000}).asks.size() == 1);
  auto greedy = ready();
  CHECK(greedy.on_frame(renew, {1'000}).asks.size() == 1);
  const auto again = greedy.on_frame(renew, {30'999});
  CHECK(again.asks.empty());
  CHECK(again.close);
  const auto told = parse_view<wire::ServiceFrame>(frame::copy_of(again.send.at(0)));
  REQUIRE(told.ok());
  told->read([](wire::ServiceFrame::Reader in) {
    CHECK(in.getFault().getCode() == wire::Fault::Code::LIMIT);
    CHECK(in.getFault().getRetryAfterMs() == 1);
  });
}

TEST_CASE("a renewal that was ordered does not end the session, however soon, and allows no other one") {
  const auto renew =
      frame::adopt(build<wire::AgentFrame>([](wire::AgentFrame::Builder out) { out.initRenew(); }));
  auto protocol = ready();
  CHECK(protocol.on_frame(renew, {1'000}).asks.size() == 1);
  command_record order;
  order.id = {7};
  order.kind = command_kind::renew;
  order.deadline = {60'000};
  protocol.on_due({order});
  (void)protocol.on_frame(beat(1), {2'000});
  const auto ordered = protocol.on_frame(renew, {2'001});
  CHECK(ordered.asks.size() == 1);
  CHECK_FALSE(ordered.close);
  CHECK(protocol.on_frame(renew, {2'002}).close);
}

TEST_CASE("the service's hello comes only after TrustMgr accepted the machine") {
  agent_protocol protocol{{}, bytes{1}, {}, {}};
  const auto asked = protocol.on_frame(hello(), {0});
  CHECK(asked.send.empty());
  REQUIRE(asked.asks.size() == 1);
  const auto refused = protocol.on_attached(fault{errc::denied, "this machine was revoked"});
  CHECK(refused.close);
  CHECK(protocol.on_frame(beat(1), {0}).send.empty());
}

TEST_CASE("a frame before hello, a second hello, garbage: the session ends") {
  agent_protocol early{{}, bytes{1}, {}, {}};
  CHECK(early.on_frame(beat(1), {0}).close);
  auto late = ready();
  CHECK(late.on_frame(hello(), {0}).close);
  auto odd = ready();
  CHECK(odd.on_frame(frame::copy_of(bytes(40, 0xff)), {0}).close);
}

TEST_CASE(
    "a peer that proved its key and says nothing keeps its session for the evidence deadline, no longer") {
  agent_protocol_settings settings;
  settings.log_deadline = std::chrono::milliseconds{500};
  agent_protocol silent{{}, bytes{1}, {}, settings};
  CHECK_FALSE(silent.on_tick({1'000}).close);
  CHECK_FALSE(silent.on_tick({1'499}).close);
  CHECK(silent.on_tick({1'500}).close);
  agent_protocol good{{}, bytes{1}, {}, settings};
  CHECK_FALSE(good.on_tick({1'000}).close);
  (void)good.on_frame(hello(), {1'100});
  (void)good.on_attached(attached());
  CHECK_FALSE(good.on_tick({9'000}).close);
}

TEST_CASE("the service's hello gives the agent the service's clock") {
  agent_protocol protocol{{}, bytes{1}, {}, {}};
  (void)protocol.on_frame(hello(), {0});
  auto with = attached();
  with.opened.wall = wall_time{1'800'000'000'000};
  const auto out = protocol.on_attached(with);
  REQUIRE(out.send.size() == 1);
  const auto parsed = parse_view<wire::ServiceFrame>(frame::copy_of(out.send[0]));
  REQUIRE(parsed.ok());
  CHECK(parsed->read([](auto in) { return in.getHello().getTimeMs(); }) == 1'800'000'000'000);
}

TEST_CASE("check 04: a beat on a superseded session proves a second host") {
  auto protocol = ready();
  CHECK(protocol.on_superseded().send.empty());
  // This beat may have been in flight when the agent moved, so perhaps no agent reads the reply.
  const auto first = protocol.on_frame(beat(1), {10});
  CHECK_FALSE(first.two_hosts);
  CHECK_FALSE(first.close);
  const auto answer = beat_reply(first);
  CHECK(answer.sequence == 1);
  CHECK_FALSE(answer.challenge);
  CHECK(answer.commands == 0);
  const auto again = protocol.on_frame(beat(2), {20});
  CHECK(again.two_hosts);
  CHECK(again.close);
  CHECK_FALSE(protocol.on_frame(beat(3), {30}).two_hosts);
}

TEST_CASE("check 04: an agent that came back after its network failed is not a second host") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10}); // the reply is lost, and the agent moves
  (void)protocol.on_superseded();
  // Frames in flight come late: evidence, a log part, and the one beat that had no reply.
  for (const auto& late : {evidence(42), log_part(42, 1), beat(2)}) {
    const auto out = protocol.on_frame(late, {40'000});
    CHECK_FALSE(out.two_hosts);
    CHECK(out.asks.empty());
  }
  const auto over = protocol.on_superseded(); // it has listened long enough
  CHECK(over.close);
  CHECK_FALSE(over.two_hosts);
}

TEST_CASE("a frame out of turn ends the session, whatever arrived before and after it") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  const std::vector together{evidence(42), hello(), log_part(42, 1), beat(2)};
  const auto out = protocol.on_frames(together, {11});
  CHECK(out.close);
  REQUIRE(out.asks.size() == 1); // earlier evidence may be bad news
  CHECK(std::get<agent_effects::ask_step>(out.asks[0]).evidence.cut_off);
  CHECK(out.send.size() == 1);
  CHECK(out.note == "agent: a frame out of turn");
}

TEST_CASE("an agent learns that a certificate cannot be made now, and when to ask again") {
  auto protocol = ready();
  const auto out = protocol.on_renewed(fault{errc::io, "the disk is full"});
  REQUIRE(out.send.size() == 1);
  const auto read = parse_view<wire::ServiceFrame>(frame::copy_of(out.send[0]));
  REQUIRE(read.ok());
  CHECK(read->read([](wire::ServiceFrame::Reader in) { return in.getRenewed().getRetryAfterMs(); })
        >= 30'000);
  CHECK_FALSE(out.close);
}

TEST_CASE("heads that the machine kept are passed on before it is attached") {
  agent_protocol protocol{{}, bytes{1}, {}, {}};
  const auto asked = protocol.on_frame(agent([](auto out) {
                                         auto in = out.initHello();
                                         in.setMajor(wire::MAJOR);
                                         in.setBootId(data_of(bytes(16, 7)));
                                         in.setLogHead(data_of(bytes{1, 2, 3}));
                                       }),
                                       {0});
  REQUIRE(asked.asks.size() == 1);
  CHECK(std::get<agent_effects::ask_attach>(asked.asks.front()).log_heads == bytes{1, 2, 3});
}
