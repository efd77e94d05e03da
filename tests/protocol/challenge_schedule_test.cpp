// What breaks if these fail: a machine is challenged too often, too late, or for less than it owes.
#include "messages/vocabulary/incarnation.hpp"
#include "tests/protocol/agent_session.hpp"

using namespace muster;
using namespace muster::service;

TEST_CASE("the first beat is challenged, later ones by the interval, and numbers continue from the record") {
  auto protocol = ready();
  const auto first = beat_reply(protocol.on_frame(beat(1), {10}));
  CHECK(first.sequence == 1);
  CHECK(first.challenge == 42);
  CHECK_FALSE(beat_reply(protocol.on_frame(beat(2), {20})).challenge);
  (void)protocol.on_step({42}, fault{errc::internal, "over"});
  CHECK_FALSE(beat_reply(protocol.on_frame(beat(3), {1009})).challenge);
  CHECK(beat_reply(protocol.on_frame(beat(4), {1010})).challenge == 43);
}

TEST_CASE("check 33: a number that a restored database has forgotten is not used again") {
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
    "check 25: a machine that reconnects again and again is not judged each time, unless an operator asks") {
  agent_protocol_settings settings;
  settings.reconnect_pause = std::chrono::milliseconds{250};
  const auto back = [&] {
    agent_protocol out{{}, bytes{1}, {}, settings};
    (void)out.on_frame(hello(), {5000});
    auto with = attached();
    with.before = boot_time{4900}; // of the previous session
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

TEST_CASE("a machine that could not answer is challenged again with the first beat after the deadline") {
  auto protocol = ready();
  REQUIRE(beat_reply(protocol.on_frame(beat(1), {10})).challenge == 42); // then its TPM loses power
  CHECK_FALSE(beat_reply(protocol.on_frame(beat(2), {509})).challenge);
  const auto again = protocol.on_frame(beat(3), {510});
  CHECK(beat_reply(again).challenge == 43);
  CHECK(again.note.find("did not come in time") != std::string::npos);
}

TEST_CASE("check 37: a machine that says that it cannot attest is challenged again sooner, and nothing else "
          "changes") {
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
  // A repetition is ignored, so that no machine can fill the log with it.
  CHECK_FALSE(protocol.on_frame(unable(42, "again"), {13}).unable);
  CHECK_FALSE(beat_reply(protocol.on_frame(beat(2), {10'000})).challenge);
  CHECK(beat_reply(protocol.on_frame(beat(3), {15'010})).challenge == 43);
  // When the time for the evidence is over, the service reports that by itself.
  CHECK(protocol.on_tick({80'000}).unable == "no complete evidence came within 60 s of the challenge");
}

TEST_CASE("files that were verified with other keys are requested from the first entry") {
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

TEST_CASE("check 25: a machine with doubtful evidence is asked for whole logs once an hour, however often it "
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
  CHECK_FALSE(whole(first, 6000)); // this session knows that it has asked already
  CHECK(whole(first, 5000 + hour));
  // The outcome is on record, with the time.
  state = std::make_shared<node_state>(*state);
  state->full_log_asked = {wall + 1000};
  for (const std::uint64_t at : {8000UL, 9000UL, 5999UL + hour}) {
    auto again = session(at);
    CHECK_FALSE(whole(again, at));
  }
  auto later = session(6000 + hour);
  CHECK(whole(later, 6000 + hour));
}

TEST_CASE(
    "evidence that was dropped because its machine changed groups is requested again with the next beat") {
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

TEST_CASE("check 17: so are whole logs that would mend a finding about evidence, however recently they were "
          "requested") {
  agent_protocol protocol{{}, bytes{1}, {}, {}};
  (void)protocol.on_frame(hello(), {0});
  auto with = attached();
  auto state = std::make_shared<node_state>();
  state->number = {41};
  state->boot.emplace().raw.fill(7); // the boot of `hello`
  state->ima_count = 500;
  state->pcrs.push_back({hash_algorithm::sha256, 10, crypto::digest{bytes32{}}});
  state->findings.emplace_back().kind = finding_kind::evidence;
  with.recorded = state;
  (void)protocol.on_attached(with);
  REQUIRE(beat_reply(protocol.on_frame(beat(1), {10})).first_entry == 0);
  (void)protocol.on_frame(evidence(42), {30});
  (void)protocol.on_no_room();
  CHECK(beat_reply(protocol.on_frame(beat(2), {40})).first_entry == 0);
}

TEST_CASE("check 17: whole logs that were requested and lost on the way are requested again") {
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
  SUBCASE("at the deadline") {
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
  SUBCASE("in a Verifier that failed") {
    auto protocol = asked_whole();
    (void)protocol.on_frame(evidence(43), {30});
    (void)protocol.on_step({43}, fault{errc::internal, "over"});
    again(protocol, 2000);
  }
  SUBCASE("on a disk that did not store the outcome") {
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
