#include "messages/view.hpp"
#include "messages/vocabulary/incarnation.hpp"
#include "tests/protocol/agent_session.hpp"

using namespace muster;
using namespace muster::service;

namespace {

struct reply {
  std::uint64_t sequence = 0;
  std::optional<std::uint64_t> challenge;
  std::size_t commands = 0;
  std::optional<std::uint64_t> first_entry{}; ///< of the IMA log that the challenge asks for
};

reply beat_reply(const agent_effects& effects) {
  REQUIRE(effects.send.size() == 1);
  const auto parsed = parse_view<wire::ServiceFrame>(frame::copy_of(effects.send[0]));
  REQUIRE(parsed.ok());
  return parsed->read([](wire::ServiceFrame::Reader in) {
    REQUIRE(in.isBeatReply());
    const auto answer = in.getBeatReply();
    reply out{answer.getSequence(), {}, answer.getCommands().size()};
    if (answer.hasChallenge()) {
      out.challenge = answer.getChallenge().getNumber();
      out.first_entry = answer.getChallenge().getImaFirst();
    }
    return out;
  });
}

} // namespace

TEST_CASE("certificates cost a signature and a record for ever: no session gets them one after the other") {
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

TEST_CASE(
    "a renewal that people ordered does not end the session, however soon, and no other one goes with it") {
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

TEST_CASE("each reply says what people set for the machine, from the first of a session on") {
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
  // How long it may be silent is three of the beats that it knows of.
  CHECK(protocol.patience() == std::chrono::milliseconds{60'000});
  protocol.on_tuning({});
  CHECK(protocol.patience() == std::chrono::milliseconds{60'000});
  CHECK(said(protocol.on_frame(beat(2), {20'000})) == told{10'000, 0, ""});
  CHECK(protocol.patience() == std::chrono::milliseconds{30'000});
  // A lease that was made shorter since has three beats all the same.
  settings.longest_beat = std::chrono::milliseconds{5'000};
  protocol.change(settings);
  protocol.on_tuning({std::chrono::milliseconds{20'000}, {}, {}});
  CHECK(said(protocol.on_frame(beat(3), {30'000})) == told{5'000, 0, ""});
}

TEST_CASE("the service's hello comes only when TrustMgr took the machine in") {
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
    "a peer that proved its key and says nothing holds its session for the deadline of evidence, no longer") {
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

TEST_CASE("the first beat is challenged, further ones by the interval, and numbers go on from the record") {
  auto protocol = ready();
  const auto first = beat_reply(protocol.on_frame(beat(1), {10}));
  CHECK(first.sequence == 1);
  CHECK(first.challenge == 42);
  CHECK_FALSE(beat_reply(protocol.on_frame(beat(2), {20})).challenge);
  (void)protocol.on_step({42}, fault{errc::internal, "over"});
  CHECK_FALSE(beat_reply(protocol.on_frame(beat(3), {1009})).challenge);
  CHECK(beat_reply(protocol.on_frame(beat(4), {1010})).challenge == 43);
}

TEST_CASE("check 33: a number that a restored database has forgotten is not given again") {
  const auto first_of = [](session_epoch epoch, attestation_number recorded) {
    agent_protocol protocol{{}, bytes{1}, {}, {}};
    (void)protocol.on_frame(hello(), {0});
    auto with = attached();
    with.epoch = epoch;
    auto state = std::make_shared<node_state>();
    state->number = recorded;
    with.recorded = state;
    (void)protocol.on_attached(with);
    return beat_reply(protocol.on_frame(beat(1), {10})).challenge;
  };
  const auto above = numbers_above({1'700'000'000});
  CHECK(first_of({above + 3}, {41}) == above + 1);
  CHECK(first_of({above + 3}, {above + 41}) == above + 42);
}

TEST_CASE(
    "check 25: a machine that comes back again and again is not judged each time, unless somebody asks") {
  agent_protocol_settings settings;
  settings.reconnect_pause = std::chrono::milliseconds{250};
  const auto back = [&] {
    agent_protocol out{{}, bytes{1}, {}, settings};
    (void)out.on_frame(hello(), {5000});
    auto with = attached();
    with.before = boot_time{4900}; // the session before
    (void)out.on_attached(with);
    return out;
  };
  auto protocol = back();
  CHECK_FALSE(beat_reply(protocol.on_frame(beat(1), {5149})).challenge);
  CHECK(beat_reply(protocol.on_frame(beat(2), {5150})).challenge == 42);
  auto asked = back();
  command_record attest;
  attest.kind = command_kind::attest;
  asked.on_due({attest});
  CHECK(beat_reply(asked.on_frame(beat(1), {5000})).challenge == 42);
}

TEST_CASE("a machine that could not answer is asked again with the first beat behind the deadline") {
  auto protocol = ready();
  REQUIRE(beat_reply(protocol.on_frame(beat(1), {10})).challenge == 42); // then its TPM loses power
  CHECK_FALSE(beat_reply(protocol.on_frame(beat(2), {509})).challenge);
  const auto again = protocol.on_frame(beat(3), {510});
  CHECK(beat_reply(again).challenge == 43);
  CHECK(again.note.find("did not come in time") != std::string::npos);
}

TEST_CASE(
    "check 37: whoever says that it cannot attest is asked again sooner, and nothing else comes of it") {
  auto protocol = ready();
  agent_protocol_settings settings;
  settings.interval = std::chrono::milliseconds{60'000};
  settings.reconnect_pause = std::chrono::milliseconds{15'000};
  settings.log_deadline = std::chrono::milliseconds{60'000};
  protocol.change(settings);
  const auto unable = [](std::uint64_t number, const std::string& why) {
    return agent([&](auto out) {
      out.initUnable().setNumber(number);
      out.getUnable().setWhy(text_of(why));
    });
  };
  REQUIRE(beat_reply(protocol.on_frame(beat(1), {10})).challenge == 42);
  CHECK_FALSE(protocol.on_frame(unable(41, "an older one"), {11}).unable);
  const auto said = protocol.on_frame(unable(42, "tpm: \x1b[2K failed" + std::string(1000, 'x')), {12});
  REQUIRE(said.unable);
  CHECK(said.unable->starts_with("the machine says: tpm: "));
  CHECK(said.unable->find('\x1b') == std::string::npos);
  CHECK(said.unable->size() < 300);
  CHECK(said.asks.empty());
  CHECK(said.send.empty());
  CHECK_FALSE(said.close);
  // Said again it says nothing: nobody fills a log with it.
  CHECK_FALSE(protocol.on_frame(unable(42, "again"), {13}).unable);
  CHECK_FALSE(beat_reply(protocol.on_frame(beat(2), {10'000})).challenge);
  CHECK(beat_reply(protocol.on_frame(beat(3), {15'010})).challenge == 43);
  // The time for the evidence passes: the service says so by itself.
  CHECK(protocol.on_tick({80'000}).unable == "no complete evidence came within 60 s of the challenge");
}

TEST_CASE("check 37: an excuse behind a part of the evidence takes back nothing of what was told") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  const auto step = protocol.on_frame(evidence(42), {11});
  const auto asked = std::get<agent_effects::ask_step>(step.asks.at(0));
  CHECK(protocol.on_frame(agent([](auto out) { out.initUnable().setNumber(42); }), {12}).unable);
  CHECK_FALSE(protocol.quiet());
  const auto last = protocol.on_step(asked.number, evidence_step{asked.evidence.attestation, nullptr});
  CHECK(std::get<agent_effects::ask_step>(last.asks.at(0)).evidence.cut_off);
}

TEST_CASE("files that were verified with other keys are asked for from the first entry") {
  appraisal::policy rules;
  rules.signatures.mode = appraisal::signature_mode::accept;
  const auto key = crypto::private_key::make_ec(crypto::curve::p256).pub();
  rules.signatures.keys.push_back(appraisal::pinned_key::from_file(as_bytes(key.pem())).value());
  const auto pins = appraisal::digest_of_pins(rules.signatures);
  const auto first_entry = [&](const appraisal::policy& in_force, std::optional<bytes32> recorded) {
    auto with = attached();
    auto state = std::make_shared<node_state>(*with.recorded);
    state->boot.emplace().raw.fill(7); // the boot of `hello`
    state->ima_count = 500;
    state->pcrs.push_back({hash_algorithm::sha256, 10, crypto::digest{bytes32{}}});
    state->pins = recorded;
    with.recorded = state;
    auto context = std::make_shared<appraisal_context>(*with.context);
    context->policy = std::make_shared<const appraisal::policy>(in_force);
    with.context = context;
    agent_protocol protocol{{}, bytes{1}, {}, {}};
    (void)protocol.on_frame(hello(), {0});
    (void)protocol.on_attached(with);
    return beat_reply(protocol.on_frame(beat(1), {10})).first_entry;
  };
  CHECK(first_entry({}, {}) == 500);
  CHECK(first_entry(rules, pins) == 500);
  CHECK(first_entry(rules, {}) == 0);
  CHECK(first_entry(rules, bytes32{1}) == 0);
  CHECK(first_entry({}, pins) == 0);
}

TEST_CASE(
    "check 25: a machine whose evidence is in doubt is asked for whole logs once an hour, however often it "
    "reconnects") {
  constexpr std::uint64_t hour = 3'600'000;
  constexpr std::uint64_t wall = 1'700'000'000'000; // when the first session attached, at 5,000
  auto state = std::make_shared<node_state>();
  state->number = {41};
  state->boot.emplace().raw.fill(7); // the boot of `hello`
  state->ima_count = 500;
  state->pcrs.push_back({hash_algorithm::sha256, 10, crypto::digest{bytes32{}}});
  finding doubt;
  doubt.kind = finding_kind::evidence;
  doubt.check = "evidence.unproven";
  state->findings = {doubt};
  const auto session = [&](std::uint64_t at) {
    agent_protocol_settings settings;
    settings.interval = std::chrono::seconds{1};
    settings.log_deadline = std::chrono::milliseconds{500};
    agent_protocol out{{}, bytes{1}, {}, settings};
    (void)out.on_frame(hello(), {at});
    auto with = attached();
    with.recorded = state;
    with.opened = {{}, {at}, {wall + at - 5000}};
    (void)out.on_attached(with);
    return out;
  };
  const auto whole = [](agent_protocol& in, std::uint64_t at) {
    const auto answer = beat_reply(in.on_frame(beat(1), {at}));
    REQUIRE(answer.challenge);
    return *answer.first_entry == 0;
  };
  auto first = session(5000);
  CHECK(whole(first, 5000));
  CHECK_FALSE(whole(first, 6000)); // it did not answer; in this session that is known
  CHECK(whole(first, 5000 + hour));
  // What came of it is on record, with the time.
  state = std::make_shared<node_state>(*state);
  state->full_log_asked = {wall + 1000};
  for (const std::uint64_t at : {8000UL, 9000UL, 5999UL + hour}) {
    auto again = session(at);
    CHECK_FALSE(whole(again, at));
  }
  auto later = session(6000 + hour);
  CHECK(whole(later, 6000 + hour));
}

TEST_CASE("each reply says the spread of reconnects, which is never said to be unknown") {
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

TEST_CASE("check 06: evidence that this session did not ask for is dropped and reaches no verifier") {
  auto protocol = ready();
  CHECK(protocol.on_frame(evidence(42), {1}).asks.empty());
  (void)protocol.on_frame(beat(1), {10});
  for (const std::uint64_t number : {0ULL, 41ULL, 43ULL}) {
    const auto out = protocol.on_frame(evidence(number), {11});
    CHECK(out.asks.empty());
    CHECK_FALSE(out.close);
  }
  CHECK(protocol.on_frame(log_part(42, 1), {11}).asks.empty());
  CHECK(protocol.on_frame(evidence(42), {12}).asks.size() == 1);
  // the nonce is used up: a second part 0 is nobody's
  CHECK(protocol.on_frame(evidence(42), {13}).asks.empty());
}

TEST_CASE(
    "check 25: who sends what nobody asked for is told to go; what comes late is noted once, and borne") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  (void)protocol.on_frame(evidence(42), {11});
  (void)protocol.on_frame(beat(2), {600}); // over its deadline
  std::size_t notes = 0;
  for (std::uint32_t part = 1; part < 2000; ++part) {
    const auto out = protocol.on_frame(log_part(42, part), {700});
    REQUIRE_FALSE(out.close);
    notes += out.note.empty() ? 0 : 1;
  }
  CHECK(notes == 1);
  std::size_t borne = 0;
  while (!protocol.on_frame(evidence(77), {800}).close)
    REQUIRE(++borne < 100);
  CHECK(borne == 8);
}

TEST_CASE("the agent hears the service's clock with its hello") {
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

TEST_CASE("check 04: whoever beats again on a superseded session is a second host") {
  auto protocol = ready();
  CHECK(protocol.on_superseded().send.empty());
  // This one may have been under way when the agent moved: nobody may be there to read the answer.
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

TEST_CASE("check 04: an agent that came back after its network failed is no second host") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10}); // the answer is lost, and the agent moves
  (void)protocol.on_superseded();
  // What was under way comes late: evidence, a report, and the one beat that had no answer.
  for (const auto& late : {evidence(42), log_part(42, 1), beat(2)}) {
    const auto out = protocol.on_frame(late, {40'000});
    CHECK_FALSE(out.two_hosts);
    CHECK(out.asks.empty());
  }
  const auto over = protocol.on_superseded(); // listened long enough
  CHECK(over.close);
  CHECK_FALSE(over.two_hosts);
}

TEST_CASE("log parts come in order, one at a time to the verifier, and nothing follows the last") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  auto step = protocol.on_frame(evidence(42), {11});
  REQUIRE(step.asks.size() == 1);
  // the verifier is busy: the next part waits
  CHECK(protocol.on_frame(log_part(42, 1), {12}).asks.empty());
  auto& asked = std::get<agent_effects::ask_step>(step.asks[0]);
  const auto next = protocol.on_step(asked.number, evidence_step{asked.evidence.attestation, nullptr});
  CHECK(next.asks.size() == 1);
  CHECK(protocol.on_frame(log_part(42, 3), {13}).close);
}

TEST_CASE("what arrived together goes to the verifier in one step, a long log in several") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  const std::vector together{evidence(42), log_part(42, 1), log_part(42, 2)};
  auto step = protocol.on_frames(together, {11});
  REQUIRE(step.asks.size() == 1);
  auto& asked = std::get<agent_effects::ask_step>(step.asks[0]);
  CHECK(asked.evidence.parts.size() == 3);
  CHECK(protocol.backlog() == 0);

  const auto large = [](std::uint32_t part) {
    return agent([&](auto out) {
      auto in = out.initLogPart();
      in.setNumber(42);
      in.setPart(part);
      in.initBody(40 * 1024);
    });
  };
  CHECK(protocol.on_frames(std::vector{large(3), large(4), log_part(42, 5)}, {12}).asks.empty());
  auto next = protocol.on_step(asked.number, evidence_step{asked.evidence.attestation, nullptr});
  CHECK(std::get<agent_effects::ask_step>(next.asks.at(0)).evidence.parts.size() == 1);
  next = protocol.on_step(asked.number, evidence_step{asked.evidence.attestation, nullptr});
  CHECK(std::get<agent_effects::ask_step>(next.asks.at(0)).evidence.parts.size() == 2);
}

TEST_CASE("a frame out of turn ends the session, whatever arrived before it and behind it") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  const std::vector together{evidence(42), hello(), log_part(42, 1), beat(2)};
  const auto out = protocol.on_frames(together, {11});
  CHECK(out.close);
  REQUIRE(out.asks.size() == 1); // what was told before may be bad news
  CHECK(std::get<agent_effects::ask_step>(out.asks[0]).evidence.cut_off);
  CHECK(out.send.size() == 1);
  CHECK(out.note == "agent: a frame out of turn");
}

TEST_CASE("an agent that sends faster than its log is judged is not cut: what waits is counted, and credit "
          "follows it") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  auto step = protocol.on_frame(evidence(42), {11});
  CHECK(protocol.backlog() == 0); // the verifier has it
  for (std::uint32_t part = 1; part <= 1000; ++part)
    REQUIRE_FALSE(protocol.on_frame(log_part(42, part), {12}).close);
  const auto most = protocol.backlog();
  CHECK(most > 1000 * log_part(42, 1).view().size());
  auto asked = std::get<agent_effects::ask_step>(step.asks.at(0));
  for (auto left = most; protocol.backlog() > 0; left = protocol.backlog()) {
    auto next = protocol.on_step(asked.number, evidence_step{asked.evidence.attestation, nullptr});
    asked = std::get<agent_effects::ask_step>(next.asks.at(0));
    REQUIRE(protocol.backlog() < left);
  }
  // evidence that is given up holds nothing
  (void)protocol.on_frame(log_part(42, 1001), {13});
  CHECK(protocol.backlog() > 0);
  CHECK_FALSE(protocol.on_tick({600}).note.empty());
  CHECK(protocol.backlog() == 0);
}

TEST_CASE(
    "what was told of an attestation that was given up is looked at for bad news, and for nothing else") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  auto step = protocol.on_frame(evidence(42), {11});
  CHECK(protocol.on_frame(log_part(42, 1), {12}).asks.empty()); // the verifier is busy
  auto asked = std::get<agent_effects::ask_step>(step.asks[0]);
  CHECK_FALSE(protocol.on_tick({600}).note.empty());
  CHECK_FALSE(protocol.quiet());
  CHECK(beat_reply(protocol.on_frame(beat(2), {1010})).challenge == 43);
  const auto late = protocol.on_step(asked.number, evidence_step{asked.evidence.attestation, nullptr});
  REQUIRE(late.asks.size() == 1);
  const auto& last = std::get<agent_effects::ask_step>(late.asks[0]);
  CHECK(last.number.value == 42);
  CHECK(last.evidence.cut_off);
  CHECK(last.evidence.parts.size() == 1);

  SUBCASE("no bad news: nothing happens") {
    CHECK(protocol.on_step({42}, evidence_step{}).asks.empty());
    CHECK(protocol.quiet());
  }
  SUBCASE("bad news are TrustMgr's, and what it recorded is what the next one goes on from") {
    auto bad = std::make_shared<appraisal::attestation_outcome>();
    bad->findings.push_back({});
    const auto told = protocol.on_step({42}, evidence_step{nullptr, bad});
    REQUIRE(told.asks.size() == 1);
    const auto& request = std::get<agent_effects::ask_decide>(told.asks[0]).request;
    CHECK(request.bad_news);
    CHECK(request.number.value == 42);
    CHECK(request.outcome == bad);
    CHECK(protocol.quiet());
    auto now = std::make_shared<node_state>();
    now->number = {41};
    now->findings.push_back({}); // about evidence
    CHECK(protocol.on_decided({42}, decision{now, false}).send.empty());
  }
}

TEST_CASE(
    "what was dropped because the machine came into another group is asked for again with the next beat") {
  const auto next_after = [](const fault& why) {
    auto protocol = ready();
    (void)protocol.on_frame(beat(1), {10});
    (void)protocol.on_frame(evidence(42, true), {11});
    (void)protocol.on_step({42},
                           evidence_step{nullptr, std::make_shared<const appraisal::attestation_outcome>()});
    CHECK_FALSE(protocol.on_decided({42}, why).note.empty());
    return beat_reply(protocol.on_frame(beat(2), {20})).challenge;
  };
  CHECK(next_after({errc::conflict, "attestation: judged by the group that the node has left; dropped"})
        == 43);
  CHECK_FALSE(next_after({errc::io, "store: the disk fails"}).has_value());
}

TEST_CASE("an outcome that comes behind the deadline improves nothing, and its bad news count") {
  const auto late = [](const appraisal::attestation_outcome& outcome) {
    auto protocol = ready();
    (void)protocol.on_frame(beat(1), {10});
    (void)protocol.on_frame(evidence(42, true), {11});
    (void)protocol.on_tick({600});
    return protocol
        .on_step({42},
                 evidence_step{nullptr, std::make_shared<const appraisal::attestation_outcome>(outcome)})
        .asks;
  };
  appraisal::attestation_outcome good;
  good.end = appraisal::attestation_end::verified;
  CHECK(late(good).empty());
  auto bad = good;
  bad.findings.push_back({finding_kind::claim, severity::failure, "ima.denied-file", {}, {}, {}, {}, {}});
  const auto asks = late(bad);
  REQUIRE(asks.size() == 1);
  const auto& request = std::get<agent_effects::ask_decide>(asks[0]).request;
  CHECK(request.bad_news);
  CHECK(request.outcome->end == appraisal::attestation_end::failed);
  CHECK(request.outcome->findings.at(0).check == "evidence.unproven");
}

TEST_CASE("whoever hangs up in the middle of its evidence has told what it told") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  auto step = protocol.on_frame(evidence(42), {11});
  auto asked = std::get<agent_effects::ask_step>(step.asks[0]);
  CHECK(protocol.on_gone().asks.empty());
  CHECK_FALSE(protocol.quiet());
  const auto last = protocol.on_step(asked.number, evidence_step{asked.evidence.attestation, nullptr});
  CHECK(std::get<agent_effects::ask_step>(last.asks.at(0)).evidence.cut_off);
  (void)protocol.on_step(asked.number, fault{errc::busy, "no verifier"});
  CHECK(protocol.quiet());
}

TEST_CASE("evidence holds memory until nobody works on it, and waits for room at nobody's cost") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  CHECK(protocol.held() == 0);
  auto step = protocol.on_frame(evidence(42), {11});
  const auto first = protocol.held();
  CHECK(first > 0);
  (void)protocol.on_frame(log_part(42, 1), {12});
  CHECK(protocol.held() > first);
  protocol.on_wait({100});
  CHECK(protocol.on_tick({10'000}).note.empty()); // the deadline waits, too
  protocol.on_room({10'000});
  CHECK(protocol.on_tick({10'300}).note.empty());
  CHECK_FALSE(protocol.on_tick({10'500}).note.empty());
  CHECK(protocol.held() > first); // the verifier has it
  (void)protocol.on_step({42}, fault{errc::busy, "no verifier"});
  CHECK(protocol.held() == 0);
}

TEST_CASE(
    "evidence that has to make room for others is no verdict and is asked for again with the next beat") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  (void)protocol.on_frame(evidence(42), {11});
  CHECK_FALSE(protocol.on_no_room().note.empty());
  CHECK(beat_reply(protocol.on_frame(beat(2), {20})).challenge == 43);
}

TEST_CASE("check 17: whole logs that were asked for and lost on their way are asked for again") {
  const auto asked_whole = [] {
    auto protocol = ready();
    (void)protocol.on_frame(beat(1), {10});
    (void)protocol.on_step({42}, evidence_step{nullptr, std::make_shared<appraisal::attestation_outcome>()});
    auto state = std::make_shared<node_state>();
    state->number = {42};
    state->boot.emplace().raw.fill(7); // the boot of `hello`
    state->ima_count = 500;
    state->pcrs.push_back({hash_algorithm::sha256, 10, crypto::digest{bytes32{}}});
    (void)protocol.on_decided({42}, decision{state, true});
    REQUIRE(beat_reply(protocol.on_frame(beat(2), {20})).first_entry == 0);
    return protocol;
  };
  const auto again = [](agent_protocol& protocol, std::uint64_t at) {
    const auto reply = beat_reply(protocol.on_frame(beat(3), {at}));
    CHECK(reply.challenge == 44);
    CHECK(reply.first_entry == 0);
  };
  SUBCASE("by the deadline") {
    auto protocol = asked_whole();
    (void)protocol.on_frame(evidence(43), {30});
    again(protocol, 600);
  }
  SUBCASE("to make room for others") {
    auto protocol = asked_whole();
    (void)protocol.on_frame(evidence(43), {30});
    (void)protocol.on_no_room();
    again(protocol, 40);
  }
  SUBCASE("at a Verifier that failed") {
    auto protocol = asked_whole();
    (void)protocol.on_frame(evidence(43), {30});
    (void)protocol.on_step({43}, fault{errc::internal, "over"});
    again(protocol, 2000);
  }
  SUBCASE("at a disk that did not store what came of them") {
    auto protocol = asked_whole();
    (void)protocol.on_frame(evidence(43), {30});
    (void)protocol.on_step({43}, evidence_step{nullptr, std::make_shared<appraisal::attestation_outcome>()});
    (void)protocol.on_decided({43}, fault{errc::io, "the disk is full"});
    again(protocol, 2000);
  }
  SUBCASE("but not once they were decided on") {
    auto protocol = asked_whole();
    (void)protocol.on_frame(evidence(43), {30});
    (void)protocol.on_step({43}, evidence_step{nullptr, std::make_shared<appraisal::attestation_outcome>()});
    auto state = std::make_shared<node_state>();
    state->number = {43};
    state->boot.emplace().raw.fill(7);
    state->ima_count = 600;
    state->pcrs.push_back({hash_algorithm::sha256, 10, crypto::digest{bytes32{}}});
    (void)protocol.on_decided({43}, decision{state, false});
    CHECK(beat_reply(protocol.on_frame(beat(3), {2000})).first_entry == 600);
  }
}

TEST_CASE("an agent hears that a certificate cannot be made now, and when to ask again") {
  auto protocol = ready();
  const auto out = protocol.on_renewed(fault{errc::io, "the disk is full"});
  REQUIRE(out.send.size() == 1);
  const auto read = parse_view<wire::ServiceFrame>(frame::copy_of(out.send[0]));
  REQUIRE(read.ok());
  CHECK(read->read([](wire::ServiceFrame::Reader in) { return in.getRenewed().getRetryAfterMs(); })
        >= 30'000);
  CHECK_FALSE(out.close);
}

TEST_CASE("commands go out once, with the time that is left, and an attest brings its challenge") {
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

TEST_CASE("heads that the machine kept are given on before it is attached") {
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
  protocol.on_log_state(told({7, 7}, 1)); // other news
  CHECK(head_in(protocol.on_frame(beat(4), {3})).empty());
  protocol.on_log_state(told({8, 8}));
  CHECK(head_in(protocol.on_frame(beat(5), {4})) == bytes{8, 8});
}

TEST_CASE(
    "a machine is sent the trust lists that it does not have, once, and in portions; it says what it has") {
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
  CHECK_FALSE(first.trust);         // that it has none it said before
  CHECK(lists(says(3, 0)).empty()); // it may not follow them, or its disk hangs: not again in this session
  const auto second = says(4, 2);
  CHECK(lists(second) == numbers{5});
  CHECK(second.trust == 2);
  const auto third = says(5, 5);
  CHECK(lists(third).empty());
  CHECK(third.trust == 5);
  CHECK_FALSE(says(6, 5).trust);     // no news
  CHECK(lists(says(7, 99)).empty()); // a service that was put back sends nobody what is older
  all.push_back({6, {6}});
  protocol.on_trust(std::make_shared<const trust_lists>(all));
  CHECK(lists(says(8, 5)) == numbers{6});
}
