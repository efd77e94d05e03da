// What breaks if these fail: evidence of a machine is lost, or takes the room of other machines.
#include "tests/protocol/agent_session.hpp"

using namespace muster;
using namespace muster::service;

TEST_CASE("check 37: an excuse after a part of the evidence takes back nothing that was reported") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  const auto step = protocol.on_frame(evidence(42), {11});
  const auto asked = std::get<agent_effects::ask_step>(step.asks.at(0));
  CHECK(protocol.on_frame(agent([](auto out) { out.initUnable().setNumber(42); }), {12}).unable);
  CHECK_FALSE(protocol.quiet());
  const auto last = protocol.on_step(asked.number, evidence_step{asked.evidence.attestation, nullptr});
  CHECK(std::get<agent_effects::ask_step>(last.asks.at(0)).evidence.cut_off);
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
  // The nonce is used up, so a second part 0 belongs to no challenge.
  CHECK(protocol.on_frame(evidence(42), {13}).asks.empty());
}

TEST_CASE("check 25: a session that sends evidence without a challenge ends; late evidence is noted once and "
          "tolerated") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  (void)protocol.on_frame(evidence(42), {11});
  (void)protocol.on_frame(beat(2), {600}); // after the deadline
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

TEST_CASE("log parts come in order, one at a time to the verifier, and nothing follows the last") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  auto step = protocol.on_frame(evidence(42), {11});
  REQUIRE(step.asks.size() == 1);
  // The verifier is busy, so the next part waits.
  CHECK(protocol.on_frame(log_part(42, 1), {12}).asks.empty());
  auto& asked = std::get<agent_effects::ask_step>(step.asks[0]);
  const auto next = protocol.on_step(asked.number, evidence_step{asked.evidence.attestation, nullptr});
  CHECK(next.asks.size() == 1);
  CHECK(protocol.on_frame(log_part(42, 3), {13}).close);
}

TEST_CASE("check 06: a part of a log that this version does not know ends the session, and is not read as "
          "another log") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  (void)protocol.on_frame(evidence(42), {11});
  const auto out = protocol.on_frame(agent([](wire::AgentFrame::Builder frame) {
                                       auto part = frame.initLogPart();
                                       part.setNumber(42);
                                       part.setPart(1);
                                       part.setLog(static_cast<wire::LogPart::Log>(2));
                                     }),
                                     {12});
  CHECK(out.close);
}

TEST_CASE("parts that arrived together go to the verifier in one step, a long log in several") {
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

TEST_CASE("an agent that sends faster than its log is judged is not cut: waiting bytes are counted against "
          "its credit") {
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
  // Evidence that was given up holds no memory.
  (void)protocol.on_frame(log_part(42, 1001), {13});
  CHECK(protocol.backlog() > 0);
  CHECK_FALSE(protocol.on_tick({600}).note.empty());
  CHECK(protocol.backlog() == 0);
}

TEST_CASE(
    "the parts of an attestation that timed out are searched for bad news, and count for nothing else") {
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
  SUBCASE("bad news goes to TrustMgr, and the next attestation continues from what it recorded") {
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
    now->findings.push_back({}); // of kind evidence
    CHECK(protocol.on_decided({42}, decision{now, false}).send.empty());
  }
}

TEST_CASE("an outcome after the deadline improves nothing, but its bad news counts") {
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

TEST_CASE("a session that hangs up in the middle of its evidence is still judged by what it sent") {
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

TEST_CASE("evidence holds memory until no actor works on it, and waits for room without costing others") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  CHECK(protocol.held() == 0);
  auto step = protocol.on_frame(evidence(42), {11});
  const auto first = protocol.held();
  CHECK(first > 0);
  (void)protocol.on_frame(log_part(42, 1), {12});
  CHECK(protocol.held() > first);
  protocol.on_wait({100});
  CHECK(protocol.on_tick({10'000}).note.empty()); // the deadline waits as well
  protocol.on_room({10'000});
  CHECK(protocol.on_tick({10'300}).note.empty());
  CHECK_FALSE(protocol.on_tick({10'500}).note.empty());
  CHECK(protocol.held() > first); // the verifier has it
  (void)protocol.on_step({42}, fault{errc::busy, "no verifier"});
  CHECK(protocol.held() == 0);
}

TEST_CASE(
    "evidence that has to make room for others gives no verdict, and is requested again with the next beat") {
  auto protocol = ready();
  (void)protocol.on_frame(beat(1), {10});
  (void)protocol.on_frame(evidence(42), {11});
  CHECK_FALSE(protocol.on_no_room().note.empty());
  CHECK(beat_reply(protocol.on_frame(beat(2), {20})).challenge == 43);
}
