#include "tests/node/agent_world.hpp"

using namespace muster;
using namespace muster::test;
using namespace std::chrono_literals;

namespace {

using kind = wire::AgentFrame::Which;

void put_command(wire::BeatReply::Builder reply, std::uint64_t id, node::command_kind what,
                 std::uint32_t deadline) {
  auto one = reply.initCommands(1)[0];
  one.setId(id);
  one.setDeadlineMs(deadline);
  switch (what) {
  case node::command_kind::attest: one.setAttest(); break;
  case node::command_kind::renew: one.setRenew(); break;
  case node::command_kind::unregister: one.setUnregister(); break;
  case node::command_kind::reconfigure: one.initReconfigure().setBeatMs(500); break;
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

void refuse(agent_world& world, wire::Fault::Code code) {
  world.say(to_agent([&](auto out) { fill_fault(out.initFault(), code); }));
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

TEST_CASE("an enrolled agent connects at once, says hello, and beats at its interval") {
  agent_world world;
  world.start_session();
  CHECK(world.w->dials == std::vector<net::endpoint>{{"one", 1}});
  CHECK(world.take(kind::HELLO).size() == 1);
  world.reply();
  world.pass(9s);
  CHECK(world.take(kind::BEAT).empty());
  world.pass(1s);
  CHECK(world.take(kind::BEAT).size() == 1);
}

TEST_CASE("an agent without certificate enrols, keeps what it got, and comes back with it") {
  agent_world world;
  world.start(std::nullopt);
  REQUIRE(world.w->received.size() == 1);
  world.say(stranger_hello());
  world.say(to_stranger([](wire::EnrolmentFrame::Builder out) {
    auto c = out.initChallenge();
    c.setNonce(data_of(bytes(32, 1)));
  }));
  REQUIRE(world.w->received.size() == 3); // hello, request, proof
  world.say(to_stranger([&](wire::EnrolmentFrame::Builder out) {
    out.initAdmitted().setNodeCertificate(data_of(world.certificate().node_certificate));
  }));
  world.pass(250ms);
  CHECK(world.w->issued.size() == 1);
  CHECK(world.w->dials.size() == 2);
  REQUIRE(world.w->received.size() == 1);
  CHECK(which(world.w->received[0]) == kind::HELLO);
}

TEST_CASE("a pending agent comes back when it was told to, and proves in full again") {
  agent_world world;
  world.start(std::nullopt);
  world.say(stranger_hello());
  world.say(to_stranger(
      [](wire::EnrolmentFrame::Builder out) { out.initChallenge().setNonce(data_of(bytes(32, 1))); }));
  const auto fingerprint = crypto::sha256({byte_view{world.w->identity->ek_public},
                                           byte_view{world.w->identity->ak_public}, world.key.pub().spki()});
  world.say(to_stranger([&](wire::EnrolmentFrame::Builder out) {
    auto p = out.initPending();
    p.setFingerprint(data_of(fingerprint));
    p.setRetryAfterMs(60'000);
  }));
  CHECK(world.w->hung_up);
  world.pass(59s);
  CHECK(world.w->dials.size() == 1);
  world.pass(8s);
  CHECK(world.w->dials.size() == 2);
  CHECK(world.w->received.size() == 1);
}

TEST_CASE("a TPM that does not work is tried again, and nobody is dialled meanwhile") {
  agent_world world;
  const auto good = world.w->identity;
  world.w->identity = fault{errc::io, "no TPM"};
  world.start(std::nullopt);
  world.pass(5s);
  CHECK(world.w->dials.empty());
  world.w->identity = good;
  world.pass(60s);
  CHECK(world.w->dials.size() == 1);
}

TEST_CASE("addresses are tried in order") {
  agent_world world;
  world.w->reachable = false;
  world.start(world.certificate());
  world.pass(250ms);
  REQUIRE(world.w->dials.size() >= 2);
  CHECK(world.w->dials[0] == net::endpoint{"one", 1});
  CHECK(world.w->dials[1] == net::endpoint{"two", 2});
}

TEST_CASE("what the service says at the end decides when the agent comes back, and as what") {
  using code = wire::Fault::Code;
  struct row {
    code why;
    std::chrono::milliseconds not_before;
    std::chrono::milliseconds until;
    bool enrols;
  };
  for (const auto& r : {row{code::SUPERSEDED, 299s, 601s, false}, row{code::DENIED, 299s, 601s, false},
                        row{code::REVOKED, 299s, 601s, false}, row{code::BUSY, 250ms, 2s, false},
                        row{code::UNKNOWN, 0ms, 500ms, true}}) {
    CAPTURE(static_cast<int>(r.why));
    agent_world world;
    world.start_session();
    refuse(world, r.why);
    CHECK(world.w->left == 1);
    CHECK(world.pass_until_dialled(2, r.until) >= r.not_before);
    REQUIRE(world.w->dials.size() == 2);
    REQUIRE(world.w->received.size() == 1);
    CHECK(world.w->service->peer().protocol
          == (r.enrols ? net::tls_protocol::enrol : net::tls_protocol::agent));
  }
}

TEST_CASE("a session that is lost is followed by another within the spread") {
  agent_world world;
  world.start_session();
  world.reply();
  caf::anon_send(world.w->owner, net::pipe_closed{net::pipe_id{world.w->pipes}, net::pipe_end::broken});
  world.pass_until_dialled(2, 121s);
  CHECK(world.w->dials.size() == 2);
}

TEST_CASE("bytes and ends of an earlier pipe change nothing") {
  agent_world world;
  world.start_session();
  caf::anon_send(world.w->owner, net::pipe_closed{net::pipe_id{77}, net::pipe_end::broken});
  caf::anon_send(world.w->owner, net::pipe_data{net::pipe_id{77}, net::share(bytes(100, 1))});
  world.settle();
  world.reply();
  world.pass(10s);
  CHECK(world.take(kind::BEAT).size() == 1);
  CHECK(world.w->dials.size() == 1);
}

TEST_CASE("a service that is silent is left") {
  agent_world world;
  world.start_session();
  world.pass(29s);
  CHECK_FALSE(world.w->hung_up);
  world.pass(1500ms);
  CHECK((world.w->hung_up || world.w->dials.size() > 1));
}

TEST_CASE("a challenge is answered by part 0 and the logs, in order, the last one marked") {
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

TEST_CASE("a log waits while the network does not take it, and goes on when it does") {
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

TEST_CASE("a later challenge ends the evidence before it") {
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
  world.reply([](auto reply) { put_command(reply, 1, node::command_kind::attest, 60'000); });
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
  world.reply([](auto reply) { put_command(reply, 1, node::command_kind::attest, 5000); });
  world.pass(4500ms);
  CHECK(outcomes(world).empty());
  world.pass(1s);
  CHECK(outcomes(world) == outcome_list{Report::Outcome::EXPIRED});
}

TEST_CASE("renew asks in the session, and is done when the certificate is kept") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 1, node::command_kind::renew, 60'000); });
  REQUIRE(world.take(kind::RENEW).size() == 1);
  CHECK(outcomes(world).empty());
  world.say(to_agent([&](wire::ServiceFrame::Builder out) {
    out.initRenewed().setNodeCertificate(data_of(world.certificate().node_certificate));
  }));
  CHECK(world.w->issued.size() == 1);
  CHECK(outcomes(world) == outcome_list{Report::Outcome::DONE});
}

TEST_CASE("a certificate for somebody else is not kept") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 1, node::command_kind::renew, 60'000); });
  world.say(to_agent([&](wire::ServiceFrame::Builder out) {
    const auto other = net::test::pki::ours().node_end();
    out.initRenewed().setNodeCertificate(data_of(other.certificate.der()));
  }));
  CHECK(world.w->issued.empty());
  CHECK(outcomes(world) == outcome_list{Report::Outcome::FAILED});
}

TEST_CASE("a certificate is renewed at two thirds of its life, without being told") {
  agent_world world;
  world.clock->now.milliseconds += 5 * net::test::day;
  world.start_session();
  world.reply();
  CHECK(world.take(kind::RENEW).size() == 1);
  world.pass(10s);
  world.reply();
  CHECK(world.take(kind::RENEW).empty()); // one is under way
}

TEST_CASE("an expired certificate is not shown: the machine enrols again") {
  agent_world world;
  const auto noon = net::test::noon.milliseconds;
  world.start(world.certificate({{noon - net::test::day}, {noon - 1000}}));
  REQUIRE(world.w->dials.size() == 1);
  CHECK(world.w->service->peer().protocol == net::tls_protocol::enrol);
}

TEST_CASE("reconfigure changes the beat at once and for the sessions to come") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 1, node::command_kind::reconfigure, 60'000); });
  CHECK(outcomes(world) == outcome_list{Report::Outcome::DONE});
  world.pass(500ms);
  world.reply();
  world.pass(500ms);
  CHECK(world.take(kind::BEAT).size() == 1);
}

TEST_CASE("an errand is on the disk as started before its first effect") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 9, node::command_kind::unregister, 60'000); });
  REQUIRE(world.w->kept.size() == 1);
  CHECK(world.w->kept[0].find("errand 9 unregister") != std::string::npos);
  CHECK(world.w->kept[0].find(" started ") != std::string::npos);
  CHECK(outcomes(world) == outcome_list{Report::Outcome::ACCEPTED});
}

TEST_CASE("an errand that the disk does not take is not run") {
  agent_world world;
  world.start_session();
  world.w->disk_works = false;
  world.reply([](auto reply) { put_command(reply, 9, node::command_kind::unregister, 60'000); });
  CHECK(outcomes(world) == outcome_list{Report::Outcome::FAILED});
  world.pass(10s);
  world.reply();
  CHECK_FALSE(world.w->left_disk);
}

TEST_CASE("unregister is carried out once the service has the acknowledgement; then the agent is gone") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 9, node::command_kind::unregister, 60'000); });
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

TEST_CASE("unregister that the service does not confirm until the deadline is not carried out") {
  agent_world world;
  world.start_session();
  world.reply([](auto reply) { put_command(reply, 9, node::command_kind::unregister, 5000); });
  world.pass(6s);
  CHECK_FALSE(world.w->left_disk);
  const auto said = outcomes(world);
  REQUIRE(!said.empty());
  CHECK(said.back() == Report::Outcome::EXPIRED);
  world.pass(10s);
  world.reply();
  CHECK_FALSE(world.w->left_disk);
}

TEST_CASE("what a restart interrupted is told in the first session") {
  node::errand_book before{{{3}}};
  before.on_command({{4}, node::command_kind::unregister, {}, {9'000'000}}, {1000});
  auto read = node::errand_book::parse(before.text(), {{3}}, {1000});
  REQUIRE(read.ok());
  agent_world world;
  world.start_session(*read);
  CHECK(outcomes(world) == outcome_list{Report::Outcome::INTERRUPTED});
  world.reply([](auto reply) { put_command(reply, 4, node::command_kind::unregister, 60'000); });
  CHECK(outcomes(world) == outcome_list{Report::Outcome::INTERRUPTED});
  CHECK_FALSE(world.w->left_disk);
}

TEST_CASE("told to stop, the agent says goodbye and is silent") {
  agent_world world;
  world.start_session();
  caf::anon_send(world.agent, node::stop_atom::value);
  world.settle();
  CHECK(world.w->hung_up);
  world.pass(1min);
  CHECK(world.w->dials.size() == 1);
}
