#include "node/ra_agent/beat_client.hpp"
#include "tests/node/frames.hpp"

#include <functional>

using namespace muster;
using namespace muster::node;
using namespace muster::test;
using namespace std::chrono_literals;

namespace {

constexpr boot_id this_boot{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
using reply_builder = wire::BeatReply::Builder;

frame reply(std::uint64_t sequence, const std::function<void(reply_builder)>& fill = {},
            std::uint32_t interval = 10'000) {
  return to_agent([&](wire::ServiceFrame::Builder out) {
    auto r = out.initBeatReply();
    r.setSequence(sequence);
    r.setIntervalMs(interval);
    if (fill) fill(r);
  });
}

void put_challenge(wire::Challenge::Builder c, std::uint64_t number, std::uint32_t deadline) {
  c.setNumber(number);
  c.setNonce(data_of(bytes(32, 7)));
  auto banks = c.initSelection(1);
  banks[0].setAlgorithm(0x000b);
  banks[0].setMask(0x7fff);
  c.setImaFirst(5);
  c.setDeadlineMs(deadline);
}

/// A head as a service would send it, with a signature that is not checked here.
bytes sample_head(std::uint64_t size) { return crypto::encode({{size, {}, {}}, bytes(70, 7)}); }

/// A session in which beat 1 was sent at `now`.
beat_client open_session(boot_time now = {1000}, std::vector<errand_report> unsent = {},
                         beat_settings settings = {0ms}) {
  beat_client client{settings, this_boot, {}, std::move(unsent)};
  client.start(now);
  client.on_frame(agent_hello(), now, 0);
  return client;
}

std::uint64_t sequence_of(const bytes& sent) {
  return read_sent(sent, [](wire::AgentFrame::Reader in) { return in.getBeat().getSequence(); });
}

} // namespace

TEST_CASE(
    "a session starts with the boot id and the kept heads; the first beat waits for the service's hello") {
  auto kept = sample_head(50);
  append(kept, sample_head(31));
  beat_client client{{}, this_boot, kept, {}};
  CHECK(client.on_time({0}).send.empty());
  const auto hello = client.start({1000});
  REQUIRE(hello.send.size() == 1);
  read_sent(hello.send[0], [&](wire::AgentFrame::Reader in) {
    REQUIRE(in.isHello());
    CHECK(same(bytes_of(in.getHello().getBootId()), this_boot.raw));
    CHECK(same(bytes_of(in.getHello().getLogHead()), kept));
  });
  CHECK_FALSE(client.accepted());
  const auto accepted = client.on_frame(agent_hello(), {1100}, 0);
  CHECK(accepted.accepted);
  CHECK(client.accepted());
  REQUIRE(accepted.send.size() == 1);
  CHECK(sequence_of(accepted.send[0]) == 1);
}

TEST_CASE("at most one beat is open, and the next comes one interval after the last was sent") {
  auto client = open_session({1000});
  CHECK(client.on_time({1500}).send.empty());
  CHECK(client.on_time({12'000}).send.empty()); // still open
  const auto answered = client.on_frame(reply(1), {1200}, 0);
  CHECK(answered.replied);
  CHECK(client.next() == boot_time{11'000});
  CHECK(client.on_time({10'999}).send.empty());
  const auto beat = client.on_time({11'000});
  REQUIRE(beat.send.size() == 1);
  CHECK(sequence_of(beat.send[0]) == 2);
  // If the service held a reply for the whole interval, the next beat follows at once.
  client.on_frame(reply(2), {21'500}, 0);
  CHECK(client.next() == boot_time{21'500});
}

TEST_CASE("a beat comes early by the jitter, but never by more than a quarter of the interval") {
  struct row {
    std::chrono::milliseconds jitter;
    std::uint64_t random;
    std::uint64_t next;
  };
  for (const auto& r :
       {row{0ms, 77, 11'000}, row{1000ms, 0, 11'000}, row{1000ms, 1000, 10'000}, row{1000ms, 1001, 11'000},
        row{600'000ms, 2500, 8500}, row{600'000ms, 2501, 11'000}}) {
    auto client = open_session({1000}, {}, {r.jitter});
    client.on_frame(reply(1), {1010}, r.random);
    CHECK(client.next().milliseconds == r.next);
  }
}

TEST_CASE("a senseless interval is limited to the bounds") {
  auto client = open_session({1000});
  client.on_frame(reply(1, {}, 0), {1001}, 0);
  CHECK(client.next() == boot_time{1010});
}

TEST_CASE("a service that does not answer is abandoned") {
  auto silent = beat_client{{}, this_boot, {}, {}};
  silent.start({1000});
  CHECK_FALSE(silent.on_time({30'999}).ended);
  REQUIRE(silent.on_time({31'000}).ended);
  auto client = open_session({1000});
  const auto end = client.on_time({31'000});
  REQUIRE(end.ended);
  CHECK(end.ended->code == wire::Fault::Code::TIMEOUT);
  CHECK(client.on_time({100'000}).send.empty());
}

TEST_CASE("a frame that does not belong in a session ends it") {
  using code = wire::Fault::Code;
  struct row {
    const char* what;
    frame received;
    code expected;
  };
  const row rows[] = {
      {"a reply to another beat", reply(2), code::MALFORMED},
      {"a second hello", agent_hello(), code::MALFORMED},
      {"no message", frame::copy_of(bytes(24, 0xee)), code::MALFORMED},
      {"a challenge with a short nonce",
       reply(1,
             [](reply_builder r) {
               put_challenge(r.initChallenge(), 1, 1000);
               r.getChallenge().setNonce(data_of(bytes(31, 1)));
             }),
       code::MALFORMED},
      {"a challenge for no PCR",
       reply(1,
             [](reply_builder r) {
               put_challenge(r.initChallenge(), 1, 1000);
               r.getChallenge().initSelection(0);
             }),
       code::MALFORMED},
      {"a fault", to_agent([](auto out) { fill_fault(out.initFault(), code::SUPERSEDED); }),
       code::SUPERSEDED},
      {"another fault", to_agent([](auto out) { fill_fault(out.initFault(), code::UNKNOWN); }),
       code::UNKNOWN},
  };
  for (const auto& one : rows) {
    CAPTURE(one.what);
    auto client = open_session();
    const auto effects = client.on_frame(one.received, {1100}, 0);
    REQUIRE(effects.ended);
    CHECK(effects.ended->code == one.expected);
    CHECK(effects.send.empty());
    // A superseded agent sends nothing more there (docs/protocol.md 2).
    CHECK(client.on_time({900'000}).send.empty());
    CHECK(client.on_report({{1}, command_outcome::done, {}}).send.empty());
  }
  auto twice = open_session();
  twice.on_frame(reply(1), {1100}, 0);
  CHECK(twice.on_frame(reply(1), {1200}, 0).ended);
}

TEST_CASE("the time for a challenge starts at the beat that the reply answers") {
  const auto challenged = reply(1, [](reply_builder r) { put_challenge(r.initChallenge(), 7, 10'000); });
  auto client = open_session({1000});
  const auto effects = client.on_frame(challenged, {3000}, 0);
  REQUIRE(effects.challenge);
  CHECK(effects.challenge->evidence.number == attestation_number{7});
  CHECK(effects.challenge->evidence.ima_first == 5);
  CHECK(effects.challenge->evidence.selection.mask_of(hash_algorithm::sha256) == 0x7fff);
  CHECK(effects.challenge->deadline == boot_time{1000 + 9900}); // a hundredth for the clocks

  auto late = open_session({1000});
  const auto expired = late.on_frame(challenged, {10'900}, 0);
  CHECK_FALSE(expired.ended);
  CHECK_FALSE(expired.challenge); // its evidence would only be dropped
}

TEST_CASE("commands come with a deadline that this machine measures itself") {
  auto client = open_session({1000});
  const auto effects = client.on_frame(reply(1,
                                             [](reply_builder r) {
                                               auto list = r.initCommands(3);
                                               list[0].setId(11);
                                               list[0].setDeadlineMs(60'000);
                                               list[0].setAttest();
                                               list[1].setId(12);
                                               list[1].setDeadlineMs(100);
                                               list[1].setReconfigure();
                                               auto how = r.initTuning();
                                               how.setJitterMs(250);
                                               how.setLogLevel("debug");
                                               list[2].setId(13);
                                               list[2].setUnregister();
                                             }),
                                       {5000}, 0);
  REQUIRE(effects.commands.size() == 3);
  CHECK(effects.commands[0] == command{{11}, command_kind::attest, {1000 + 59'400}});
  CHECK(effects.commands[1] == command{{12}, command_kind::reconfigure, {1099}});
  CHECK(effects.commands[2].deadline == boot_time{1000});
  CHECK(effects.tuning == tuning{0ms, 250ms, "debug"});
}

TEST_CASE("reports are sent at once and with each beat, until a later beat is answered") {
  auto client = open_session({1000}, {{{5}, command_outcome::failed, "left from before"}});
  // The old report was sent before beat 1: its reply confirms the report.
  const auto first = client.on_report({{6}, command_outcome::done, {}});
  REQUIRE(first.send.size() == 1);
  CHECK(which(first.send[0]) == wire::AgentFrame::REPORT);
  const auto confirmed = client.on_frame(reply(1), {1100}, 0);
  CHECK(confirmed.delivered == std::vector<command_id>{{5}});
  const auto beat = client.on_time({11'000});
  REQUIRE(beat.send.size() == 2);
  CHECK(which(beat.send[0]) == wire::AgentFrame::REPORT);
  CHECK(which(beat.send[1]) == wire::AgentFrame::BEAT);
  CHECK(client.on_frame(reply(2), {11'100}, 0).delivered == std::vector<command_id>{{6}});
  CHECK(client.on_time({21'000}).send.size() == 1);
}

TEST_CASE("a later report of a command replaces an earlier one") {
  auto client = open_session();
  client.on_frame(reply(1), {1100}, 0);
  client.on_report({{6}, command_outcome::accepted, {}});
  client.on_report({{6}, command_outcome::done, {}});
  const auto beat = client.on_time({11'000});
  REQUIRE(beat.send.size() == 2);
  read_sent(beat.send[0], [](wire::AgentFrame::Reader in) {
    CHECK(in.getReport().getOutcome() == wire::Report::Outcome::DONE);
  });
}

TEST_CASE("a renewal is requested in an open session only, and the answer is passed on") {
  beat_client early{{}, this_boot, {}, {}};
  early.start({1000});
  CHECK(early.on_renewal_due().send.empty());
  auto client = open_session();
  const auto asked = client.on_renewal_due();
  REQUIRE(asked.send.size() == 1);
  CHECK(which(asked.send[0]) == wire::AgentFrame::RENEW);
  const auto renewed = client.on_frame(to_agent([](wire::ServiceFrame::Builder out) {
                                         auto r = out.initRenewed();
                                         r.setNodeCertificate(data_of(bytes{1, 2}));
                                         r.initNodeChain(1).set(0, data_of(bytes{3}));
                                       }),
                                       {1200}, 0);
  REQUIRE(renewed.renewed);
  CHECK(renewed.renewed->node_certificate == bytes{1, 2});
  CHECK(renewed.renewed->node_chain == std::vector<bytes>{bytes{3}});
  CHECK_FALSE(renewed.renewal_retry);
  const auto later = client.on_frame(
      to_agent([](wire::ServiceFrame::Builder out) { out.initRenewed().setRetryAfterMs(60'000); }), {1300},
      0);
  CHECK_FALSE(later.renewed);
  CHECK(later.renewal_retry == std::chrono::milliseconds{60'000});
}

TEST_CASE("the spread of reconnects is what the service says, at most an hour; without it there is none") {
  const auto told = [](std::uint32_t ms) {
    auto client = open_session();
    const auto effects =
        client.on_frame(reply(1, [ms](reply_builder r) { r.setReconnectSpreadMs(ms); }), {1100}, 0);
    return effects.reconnect_spread;
  };
  CHECK_FALSE(told(0));
  CHECK(told(1) == 1ms);
  CHECK(told(120'000) == 120s);
  CHECK(told(~0U) == 1h);
}

TEST_CASE("trust lists come with a reply, as they were sent; a beat says which list is on the disk") {
  auto client = open_session();
  const auto lists = [](reply_builder r) {
    auto out = r.initTrust(2);
    out.set(0, data_of(bytes{4, 5}));
    out.set(1, data_of(bytes{6}));
  };
  CHECK(client.on_frame(reply(1, lists), {1100}, 0).trust == std::vector<bytes>{{4, 5}, {6}});
  const auto said = [](const beat_effects& effects) {
    return read_sent(effects.send.back(),
                     [](wire::AgentFrame::Reader in) { return in.getBeat().getTrust(); });
  };
  CHECK(said(client.on_time({11'000})) == 0);
  client.know_trust(7);
  CHECK(client.on_frame(reply(2), {11'100}, 0).trust.empty());
  CHECK(said(client.on_time({21'000})) == 7);
  const auto many = client.on_frame(reply(3, [](reply_builder r) { r.initTrust(513); }), {21'100}, 0);
  CHECK(many.ended.has_value());
}

TEST_CASE("a log head is new only once") {
  auto client = open_session();
  const auto with_head = [](reply_builder r) { r.setLogHead(data_of(sample_head(7))); };
  CHECK(client.on_frame(reply(1, with_head), {1100}, 0).log_heads == sample_head(7));
  client.on_time({11'000});
  CHECK(client.on_frame(reply(2, with_head), {11'100}, 0).log_heads.empty());
  client.on_time({22'000});
  const auto nonsense = [](reply_builder r) { r.setLogHead(data_of(bytes(1024, 1))); };
  CHECK(client.on_frame(reply(3, nonsense), {22'100}, 0).log_heads.empty());
}

TEST_CASE("evidence that the service took is named") {
  auto client = open_session();
  const auto effects =
      client.on_frame(to_agent([](auto out) { out.initEvidenceTaken().setNumber(9); }), {1100}, 0);
  CHECK(effects.taken == attestation_number{9});
}
