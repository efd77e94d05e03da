// The RA Agent in a session: evidence, and carrying out orders.
#include "tests/node/agent_world.hpp"

using namespace muster;
using namespace muster::test;
using namespace std::chrono_literals;

namespace {

using kind = wire::AgentFrame::Which;

void put_command(wire::BeatReply::Builder reply, std::uint64_t id, command_kind what,
                 std::uint32_t deadline) {
  auto one = reply.initCommands(1)[0];
  one.setId(id);
  one.setDeadlineMs(deadline);
  switch (what) {
  case command_kind::attest: one.setAttest(); break;
  case command_kind::renew: one.setRenew(); break;
  case command_kind::unregister: one.setUnregister(); break;
  case command_kind::reconfigure: one.setReconfigure(); break;
  }
}

void put_challenge(wire::BeatReply::Builder reply, std::uint64_t number) {
  auto c = reply.initChallenge();
  c.setNumber(number);
  c.setNonce(data_of(bytes(32, 7)));
  auto banks = c.initSelection(1);
  banks[0].setAlgorithm(0x0b);
  banks[0].setMask(1);
  c.setDeadlineMs(60'000);
}

std::vector<wire::Report::Outcome> outcomes(agent_world& world) {
  std::vector<wire::Report::Outcome> out;
  for (const auto& one : world.take(kind::REPORT))
    out.push_back(read_sent(one, [](wire::AgentFrame::Reader in) { return in.getReport().getOutcome(); }));
  return out;
}

using outcome_list = std::vector<wire::Report::Outcome>;
using wire::Report;

} // namespace

TEST_CASE("a challenge is answered by part 0 and the logs, in order, with the last one marked") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_challenge(reply, 5); });
  REQUIRE(world.take(kind::EVIDENCE).size() == 1);
  const auto parts = world.take(kind::LOG_PART);
  REQUIRE(parts.size() == 3);
  for (std::uint32_t i = 0; i < 3; ++i)
    read_sent(parts[i], [&](wire::AgentFrame::Reader in) {
      CHECK(in.getLogPart().getPart() == i + 1);
      CHECK(in.getLogPart().getNumber() == 5);
      CHECK(in.getLogPart().getLast() == (i == 2));
    });
}

TEST_CASE("a log waits while the network does not accept it, and continues when it does") {
  agent_world world;
  world.w->written = 0;
  world.w->log_parts = 400;
  world.start_session();
  world.reply([](auto reply) { put_challenge(reply, 5); });
  const auto early = world.take(kind::LOG_PART).size();
  CHECK(early > 0);
  CHECK(early < 200); // 1,000 bytes each: half of a part may wait
  world.pass(1s);
  CHECK(world.take(kind::LOG_PART).empty());
  world.w->written = 10'000'000;
  world.pass(1s);
  CHECK(early + world.take(kind::LOG_PART).size() == 400);
}

TEST_CASE("a later challenge ends the earlier evidence") {
  agent_world world;
  world.w->written = 0;
  world.w->log_parts = 400;
  world.start_session();
  world.reply([](auto reply) { put_challenge(reply, 5); });
  world.pass(10s);
  world.w->written = 10'000'000;
  world.take(kind::LOG_PART);
  world.w->log_parts = 2;
  world.reply([](auto reply) { put_challenge(reply, 6); });
  world.pass(1s);
  const auto parts = world.take(kind::LOG_PART);
  REQUIRE(parts.size() == 2);
  for (const auto& one : parts)
    read_sent(one, [](wire::AgentFrame::Reader in) { CHECK(in.getLogPart().getNumber() == 6); });
}

TEST_CASE("attest is done when the service has evidence of a later challenge than the order's") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_challenge(reply, 5); });
  world.pass(10s);
  world.reply([](auto reply) { put_command(reply, 1, command_kind::attest, 60'000); });
  world.say(to_agent([](auto out) { out.initEvidenceTaken().setNumber(5); }));
  CHECK(outcomes(world).empty()); // asked for before the order
  world.pass(10s);
  world.reply([](auto reply) { put_challenge(reply, 6); });
  world.say(to_agent([](auto out) { out.initEvidenceTaken().setNumber(6); }));
  CHECK(outcomes(world) == outcome_list{Report::Outcome::DONE});
}

TEST_CASE("attest without a challenge expires") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 1, command_kind::attest, 5000); });
  world.pass(4500ms);
  CHECK(outcomes(world).empty());
  world.pass(1s);
  CHECK(outcomes(world) == outcome_list{Report::Outcome::EXPIRED});
}

TEST_CASE("renew sends its request in the session, and is done when the certificate is stored") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 1, command_kind::renew, 60'000); });
  REQUIRE(world.take(kind::RENEW).size() == 1);
  CHECK(outcomes(world).empty());
  world.say(to_agent([&](wire::ServiceFrame::Builder out) {
    out.initRenewed().setNodeCertificate(data_of(world.certificate().node_certificate));
  }));
  CHECK(world.w->issued.size() == 1);
  CHECK(outcomes(world) == outcome_list{Report::Outcome::DONE});
}

TEST_CASE("renew outlives a lost session: the next one makes the request again") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 1, command_kind::renew, 600'000); });
  CHECK(world.take(kind::RENEW).size() == 1);
  caf::anon_send(world.w->owner, net::pipe_closed{net::pipe_id{world.w->pipes}, net::pipe_end::broken});
  world.pass_until_dialled(2, 121s);
  REQUIRE(world.w->dials.size() == 2);
  world.say(agent_hello());
  REQUIRE(world.take(kind::RENEW).size() == 1);
  world.say(to_agent([&](wire::ServiceFrame::Builder out) {
    out.initRenewed().setNodeCertificate(data_of(world.certificate().node_certificate));
  }));
  CHECK(outcomes(world) == outcome_list{Report::Outcome::DONE});
}

TEST_CASE("renew without an answer fails at its deadline") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 1, command_kind::renew, 5000); });
  world.pass(4500ms);
  CHECK(outcomes(world).empty());
  world.pass(1s);
  CHECK(outcomes(world) == outcome_list{Report::Outcome::FAILED});
}

TEST_CASE("a certificate that the disk does not accept fails the order, but is used") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 1, command_kind::renew, 60'000); });
  world.w->disk_works = false;
  world.say(to_agent([&](wire::ServiceFrame::Builder out) {
    out.initRenewed().setNodeCertificate(data_of(world.certificate().node_certificate));
  }));
  CHECK(outcomes(world) == outcome_list{Report::Outcome::FAILED});
  CHECK_FALSE(world.w->hung_up);
}

TEST_CASE("a certificate for another machine is not kept") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 1, command_kind::renew, 60'000); });
  world.say(to_agent([&](wire::ServiceFrame::Builder out) {
    const auto other = net::test::pki::ours().node_end();
    out.initRenewed().setNodeCertificate(data_of(other.certificate.der()));
  }));
  CHECK(world.w->issued.empty());
  CHECK(outcomes(world) == outcome_list{Report::Outcome::FAILED});
}

TEST_CASE("a certificate is renewed at two thirds of its life, without an order") {
  agent_world world;
  world.start(world.certificate());
  // The service's clock shows how old the certificate is.
  world.say(to_agent([](wire::ServiceFrame::Builder out) {
    auto hello = out.initHello();
    fill_hello(hello);
    hello.setTimeMs(net::test::noon.milliseconds + 5 * net::test::day);
  }));
  world.reply();
  CHECK(world.take(kind::RENEW).size() == 1);
  world.pass(10s);
  world.reply();
  CHECK(world.take(kind::RENEW).empty()); // one request is under way
}

TEST_CASE("a certificate that cannot be renewed now fails the order at once, and is requested again when it "
          "may be") {
  agent_world world;
  world.start(world.certificate());
  world.say(to_agent([](wire::ServiceFrame::Builder out) {
    auto hello = out.initHello();
    fill_hello(hello);
    hello.setTimeMs(net::test::noon.milliseconds + 5 * net::test::day);
  }));
  world.reply([](auto reply) { put_command(reply, 1, command_kind::renew, 600'000); });
  REQUIRE_FALSE(world.take(kind::RENEW).empty());
  world.say(to_agent([](wire::ServiceFrame::Builder out) { out.initRenewed().setRetryAfterMs(60'000); }));
  CHECK(outcomes(world) == outcome_list{Report::Outcome::FAILED});
  world.pass(10s);
  world.reply();
  CHECK(world.take(kind::RENEW).empty());
  for (int beats = 0; beats < 6; ++beats) {
    world.pass(10s);
    world.reply();
  }
  CHECK(world.take(kind::RENEW).size() == 1);
}

TEST_CASE("when the service refuses an expired certificate, the machine enrols again") {
  agent_world world;
  const auto noon = net::test::noon.milliseconds;
  world.start(world.certificate({{noon - net::test::day}, {noon - 1000}}));
  world.pass_until_dialled(2, 2s);
  REQUIRE(world.w->dials.size() == 2);
  CHECK(world.w->service->peer().protocol == net::tls_protocol::enrol);
}

TEST_CASE("reconfigure is done when the machine runs as its reply says") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) {
    reply.setIntervalMs(500);
    reply.initTuning().setLogLevel("debug");
    put_command(reply, 1, command_kind::reconfigure, 60'000);
  });
  CHECK(outcomes(world) == outcome_list{Report::Outcome::DONE});
  world.pass(500ms);
  CHECK(world.take(kind::BEAT).size() == 1);
}

TEST_CASE("reconfigure fails if the agent cannot apply a setting") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) {
    reply.initTuning().setLogLevel("whisper");
    put_command(reply, 1, command_kind::reconfigure, 60'000);
  });
  CHECK(outcomes(world) == outcome_list{Report::Outcome::FAILED});
}

TEST_CASE("an errand is on the disk as started before its first effect") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 9, command_kind::unregister, 60'000); });
  REQUIRE(world.w->kept.size() == 1);
  CHECK(world.w->kept[0].find("errand 9 unregister") != std::string::npos);
  CHECK(world.w->kept[0].find(" started ") != std::string::npos);
  CHECK(outcomes(world) == outcome_list{Report::Outcome::ACCEPTED});
}

TEST_CASE("an errand that the disk does not accept is not run") {
  agent_world world;
  world.start_session();
  world.w->disk_works = false;
  world.reply([](auto reply) { put_command(reply, 9, command_kind::unregister, 60'000); });
  CHECK(outcomes(world) == outcome_list{Report::Outcome::FAILED});
  world.pass(10s);
  world.reply();
  CHECK_FALSE(world.w->left_disk);
}

TEST_CASE("unregister is carried out once the service has the acknowledgement; then the agent is gone") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 9, command_kind::unregister, 60'000); });
  CHECK_FALSE(world.w->left_disk);
  world.pass(10s);
  world.reply();
  CHECK(world.w->left_disk);
  CHECK(world.w->told_left);
  CHECK(world.w->hung_up);
  const auto said = outcomes(world);
  REQUIRE(!said.empty());
  CHECK(said.back() == Report::Outcome::DONE);
  world.pass(10min);
  CHECK(world.w->dials.size() == 1);
}

TEST_CASE("unregister without confirmation by the deadline is not carried out") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 9, command_kind::unregister, 5000); });
  world.pass(6s);
  CHECK_FALSE(world.w->left_disk);
  const auto said = outcomes(world);
  REQUIRE(!said.empty());
  CHECK(said.back() == Report::Outcome::EXPIRED);
  world.pass(10s);
  world.reply();
  CHECK_FALSE(world.w->left_disk);
}

TEST_CASE("a command that comes twice is carried out once, and answered twice") {
  agent_world world;
  world.start_session();
  const auto order = [](auto reply) { put_command(reply, 1, command_kind::reconfigure, 60'000); };
  world.reply(order);
  CHECK(outcomes(world) == outcome_list{Report::Outcome::DONE});
  world.pass(10s);
  const auto written = world.w->kept.size();
  world.take(kind::REPORT);
  world.reply(order);
  CHECK(outcomes(world) == outcome_list{Report::Outcome::DONE});
  CHECK(world.w->kept.size() <= written + 1); // for the first outcome's delivery; nothing was started
}

TEST_CASE("a report is sent again in the next session until a reply follows it") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 1, command_kind::reconfigure, 600'000); });
  CHECK(outcomes(world) == outcome_list{Report::Outcome::DONE});
  caf::anon_send(world.w->owner, net::pipe_closed{net::pipe_id{world.w->pipes}, net::pipe_end::broken});
  world.pass_until_dialled(2, 121s);
  world.say(agent_hello());
  CHECK(outcomes(world) == outcome_list{Report::Outcome::DONE});
  world.reply();
  world.pass(10s);
  CHECK(outcomes(world).empty());
}

TEST_CASE("an agent that is stopped during an errand leaves it as started for the next process") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 9, command_kind::unregister, 60'000); });
  caf::anon_send(world.agent, node::stop_atom::value);
  world.pass(2min);
  CHECK_FALSE(world.w->left_disk);
  CHECK_FALSE(world.w->told_left);
  REQUIRE(!world.w->kept.empty());
  CHECK(world.w->kept.back().find(" started ") != std::string::npos);
}

TEST_CASE("an errand that a restart interrupted is reported in the first session") {
  node::errand_book before{{{3}}};
  before.on_command({{4}, command_kind::unregister, {9'000'000}}, {1000});
  auto read = node::errand_book::parse(before.text(), {{3}}, {1000});
  REQUIRE(read.ok());
  agent_world world;
  world.start_session(*read);
  CHECK(outcomes(world) == outcome_list{Report::Outcome::INTERRUPTED});
  world.reply([](auto reply) { put_command(reply, 4, command_kind::unregister, 60'000); });
  CHECK(outcomes(world) == outcome_list{Report::Outcome::INTERRUPTED});
  CHECK_FALSE(world.w->left_disk);
}
