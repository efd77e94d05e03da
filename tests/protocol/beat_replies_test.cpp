// What breaks if these fail: a machine does not receive orders, settings or signed lists, or receives them
// with every beat.
#include "tests/protocol/agent_session.hpp"

using namespace muster;
using namespace muster::service;

TEST_CASE("each reply carries the operators' settings for the machine, from the first of a session on") {
  using told = std::tuple<std::uint32_t, std::uint32_t, std::string>; // interval, jitter, log level
  const auto said = [](const agent_effects& effects) {
    const auto parsed = parse_view<wire::ServiceFrame>(frame::copy_of(effects.send.at(0))).value();
    return parsed.read([](wire::ServiceFrame::Reader in) {
      const auto answer = in.getBeatReply();
      return told{answer.getIntervalMs(), answer.getTuning().getJitterMs(),
                  std::string{text_of(answer.getTuning().getLogLevel())}};
    });
  };
  agent_protocol_settings settings;
  settings.longest_beat = std::chrono::milliseconds{60'000};
  agent_protocol protocol{{}, bytes{1}, {}, settings};
  (void)protocol.on_frame(hello(), {0});
  auto with = attached();
  with.tuning = {std::chrono::milliseconds{20'000}, std::chrono::milliseconds{500}, "debug"};
  (void)protocol.on_attached(std::move(with));
  CHECK(said(protocol.on_frame(beat(1), {0})) == told{20'000, 500, "debug"});
  // The machine may be silent for three of the beats in its newest reply.
  CHECK(protocol.patience() == std::chrono::milliseconds{60'000});
  protocol.on_tuning({});
  CHECK(protocol.patience() == std::chrono::milliseconds{60'000});
  CHECK(said(protocol.on_frame(beat(2), {20'000})) == told{10'000, 0, ""});
  CHECK(protocol.patience() == std::chrono::milliseconds{30'000});
  // A lease that has become shorter since then still spans three beats.
  settings.longest_beat = std::chrono::milliseconds{5'000};
  protocol.change(settings);
  protocol.on_tuning({std::chrono::milliseconds{20'000}, {}, {}});
  CHECK(said(protocol.on_frame(beat(3), {30'000})) == told{5'000, 0, ""});
}

TEST_CASE("each reply carries the spread of reconnects, which is never given as unknown") {
  for (const auto& [set, said] : {std::pair{120'000, 120'000U}, std::pair{0, 1U}}) {
    agent_protocol_settings settings;
    settings.reconnect_spread = std::chrono::milliseconds{set};
    agent_protocol protocol{{}, bytes{1}, {}, settings};
    (void)protocol.on_frame(hello(), {0});
    (void)protocol.on_attached(attached());
    const auto sent = protocol.on_frame(beat(1), {10}).send;
    REQUIRE(sent.size() == 1);
    const auto parsed = parse_view<wire::ServiceFrame>(frame::copy_of(sent[0]));
    REQUIRE(parsed.ok());
    CHECK(parsed->read([](auto in) { return in.getBeatReply().getReconnectSpreadMs(); }) == said);
  }
}

TEST_CASE("commands go out once, with the remaining time, and an attest brings its challenge") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  (void)protocol.on_tick({600});
  command_record attest;
  attest.id = {5};
  attest.deadline = {5000};
  protocol.on_due({attest});
  const auto out = beat_reply(protocol.on_frame(beat(2), {700}));
  CHECK(out.commands == 1);
  CHECK(out.challenge == 43);
  CHECK(beat_reply(protocol.on_frame(beat(3), {710})).commands == 0);
}

TEST_CASE("a head goes out with the next beat reply, once, and again when there is a newer one") {
  const auto head_in = [](const agent_effects& effects) {
    REQUIRE(!effects.send.empty());
    const auto parsed = parse_view<wire::ServiceFrame>(frame::copy_of(effects.send[0]));
    REQUIRE(parsed.ok());
    return parsed->read(
        [](wire::ServiceFrame::Reader in) { return to_bytes(bytes_of(in.getBeatReply().getLogHead())); });
  };
  const auto told = [](bytes head, std::uint64_t refused = 0) {
    return std::make_shared<const log_state>(log_state{std::move(head), records_trust::intact, refused});
  };
  auto protocol = ready();
  CHECK(head_in(protocol.on_frame(beat(1), {0})).empty());
  protocol.on_log_state(told({7, 7}));
  CHECK(head_in(protocol.on_frame(beat(2), {1})) == bytes{7, 7});
  CHECK(head_in(protocol.on_frame(beat(3), {2})).empty());
  protocol.on_log_state(told({7, 7}, 1)); // news about other things
  CHECK(head_in(protocol.on_frame(beat(4), {3})).empty());
  protocol.on_log_state(told({8, 8}));
  CHECK(head_in(protocol.on_frame(beat(5), {4})) == bytes{8, 8});
}

TEST_CASE("a machine is sent the trust lists that it lacks, once and in portions; it says which it has") {
  auto protocol = ready();
  const auto says = [&](std::uint64_t sequence, std::uint64_t has) {
    return protocol.on_frame(agent([&](auto out) {
                               out.initBeat().setSequence(sequence);
                               out.getBeat().setTrust(has);
                             }),
                             {sequence * 10});
  };
  const auto lists = [](const agent_effects& effects) {
    const auto parsed = parse_view<wire::ServiceFrame>(frame::copy_of(effects.send.at(0))).value();
    return parsed.read([](wire::ServiceFrame::Reader in) {
      std::vector<unsigned> out;
      for (const auto one : in.getBeatReply().getTrust())
        out.push_back(one[0]);
      return out;
    });
  };
  using numbers = std::vector<unsigned>;
  CHECK(lists(says(1, 0)).empty());
  trust_lists all{{1, bytes(20'000, 1)}, {2, bytes(20'000, 2)}, {5, bytes(20'000, 5)}};
  protocol.on_trust(std::make_shared<const trust_lists>(all));
  const auto first = says(2, 0);
  CHECK(lists(first) == numbers{1, 2});
  CHECK_FALSE(first.trust);         // it reported before that it has none
  CHECK(lists(says(3, 0)).empty()); // not again in this session: it may refuse them, or its disk may hang
  const auto second = says(4, 2);
  CHECK(lists(second) == numbers{5});
  CHECK(second.trust == 2);
  const auto third = says(5, 5);
  CHECK(lists(third).empty());
  CHECK(third.trust == 5);
  CHECK_FALSE(says(6, 5).trust);     // nothing new
  CHECK(lists(says(7, 99)).empty()); // a service restored from an older state sends no older lists
  all.push_back({6, {6}});
  protocol.on_trust(std::make_shared<const trust_lists>(all));
  CHECK(lists(says(8, 5)) == numbers{6});
}
