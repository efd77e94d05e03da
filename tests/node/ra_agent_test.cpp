// The RA Agent on its way to the service and back: enrolment, beats, refusals, lost connections.
#include "tests/node/agent_world.hpp"

using namespace muster;
using namespace muster::test;
using namespace std::chrono_literals;

namespace {

using kind = wire::AgentFrame::Which;

void refuse(agent_world& world, wire::Fault::Code code) {
  world.say(to_agent([&](auto out) { fill_fault(out.initFault(), code); }));
}

} // namespace

TEST_CASE("an enrolled agent connects at once, says hello, and beats at its interval") {
  agent_world world;
  world.start_session();
  CHECK(world.w->dials == std::vector<endpoint>{{"one", 1}});
  CHECK(world.take(kind::HELLO).size() == 1);
  world.reply();
  world.pass(9s);
  CHECK(world.take(kind::BEAT).empty());
  world.pass(1s);
  CHECK(world.take(kind::BEAT).size() == 1);
}

TEST_CASE("an agent without a certificate enrols, stores what it got, and comes back with it") {
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

TEST_CASE("a pending agent comes back at the given time, and proves in full again") {
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

TEST_CASE("a TPM that does not work is tried again, and the agent dials no service meanwhile") {
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
  CHECK(world.w->dials[0] == endpoint{"one", 1});
  CHECK(world.w->dials[1] == endpoint{"two", 2});
}

TEST_CASE(
    "while no service answers, each round waits twice as long, up to a minute; an answered beat ends that") {
  agent_world world;
  world.w->reachable = false;
  world.start(world.certificate());
  const auto next_round = [&] { return world.pass_until_dialled(world.w->dials.size() + 1, 2min); };
  std::chrono::milliseconds whole = 1s;
  for (int round = 0; round < 9; ++round, whole = std::min<std::chrono::milliseconds>(60s, 2 * whole)) {
    CAPTURE(round);
    REQUIRE(world.w->dials.size() == 2 * static_cast<std::size_t>(round + 1)); // both addresses
    const auto waited = next_round();
    CHECK(waited >= whole / 2);
    CHECK(waited <= whole + 50ms);
  }
  world.w->reachable = true;
  next_round();
  world.say(agent_hello());
  world.reply();
  world.w->reachable = false;
  const auto before = world.w->dials.size();
  caf::anon_send(world.w->owner, net::pipe_closed{net::pipe_id{world.w->pipes}, net::pipe_end::broken});
  world.pass_until_dialled(before + 2, 121s);
  CHECK(next_round() <= 1s + 50ms);
}

TEST_CASE("a service that does not shake hands makes the agent try the next address") {
  agent_world world;
  world.w->mute = true;
  world.start(world.certificate());
  world.pass(19s);
  CHECK(world.w->left == 0);
  world.w->mute = false;
  world.pass(1500ms);
  CHECK(world.w->left == 1);
  REQUIRE(world.w->dials.size() == 2);
  CHECK(world.w->dials[1] == endpoint{"two", 2});
  world.say(agent_hello());
  CHECK(world.take(kind::BEAT).size() == 1);
}

TEST_CASE(
    "a server that is not the service gets no identity, and no frame but the question for trust lists") {
  for (const bool enrolled : {false, true}) {
    CAPTURE(enrolled);
    agent_world world;
    world.w->tls = net::test::pki::somebody_elses().server();
    world.start(enrolled ? std::optional{world.certificate()} : std::nullopt);
    CHECK(world.w->left == 1);
    CHECK(world.w->dials == std::vector<endpoint>{{"one", 1}, {"one", 1}});
    CHECK(world.w->service->peer().spki != world.key.pub().spki());
    REQUIRE(world.w->received.size() == 1);
    read_sent<wire::StrangerFrame>(world.w->received[0], [](wire::StrangerFrame::Reader in) {
      REQUIRE(in.isHello());
      CHECK(in.getHello().getBootId().size() == 0);
      CHECK(in.getHello().getLogHead().size() == 0);
    });
    world.say(stranger_hello());
    CHECK(world.w->dials.back() == endpoint{"two", 2});
    CHECK(world.w->issued.empty());
  }
}

TEST_CASE("bytes that are not TLS end the connection") {
  agent_world world;
  world.w->mute = true;
  world.start(world.certificate());
  caf::anon_send(world.w->owner, net::pipe_data{net::pipe_id{world.w->pipes}, net::share(bytes(100, 1))});
  world.settle();
  CHECK(world.w->left >= 1);
  CHECK(world.w->dials.size() == 2);
}

TEST_CASE("an agent whose certificate the service does not accept enrols again") {
  agent_world world;
  const auto& others = net::test::pki::somebody_elses();
  world.start(node::issued_identity{
      others.node.issue_node(world.id, world.key.pub(), net::test::this_week)->der(), {}, {}});
  world.pass_until_dialled(2, 2s);
  REQUIRE(world.w->dials.size() >= 2);
  REQUIRE(world.w->service->open());
  CHECK(world.w->service->peer().protocol == net::tls_protocol::enrol);
}

TEST_CASE("a certificate that has expired by this machine's clock is still shown, and not renewed because of "
          "that") {
  agent_world world;
  world.clock->ahead_ms = 5 * net::test::day;
  const auto hello = [] {
    return to_agent([](wire::ServiceFrame::Builder out) {
      auto greeting = out.initHello();
      fill_hello(greeting);
      greeting.setTimeMs(net::test::noon.milliseconds);
    });
  };
  world.start(
      world.certificate({{net::test::noon.milliseconds}, {net::test::noon.milliseconds + net::test::day}}));
  REQUIRE(world.w->service->open());
  CHECK(world.w->service->peer().protocol == net::tls_protocol::agent);
  world.say(hello());
  for (int beat = 0; beat < 5; ++beat) {
    world.reply();
    CHECK(world.take(kind::RENEW).empty());
    world.pass(10s);
  }
  CHECK(world.w->dials.size() == 1);
  CHECK(world.w->issued.empty());
}

TEST_CASE("an alert that anyone could have sent does not cost the agent its certificate") {
  agent_world world;
  world.w->mute = true;
  world.start(world.certificate());
  world.w->mute = false;
  // handshake_failure, in the clear, before any key
  caf::anon_send(world.w->owner,
                 net::pipe_data{net::pipe_id{world.w->pipes}, net::share(bytes{0x15, 3, 3, 0, 2, 2, 0x28})});
  world.settle();
  world.pass_until_dialled(2, 2s);
  REQUIRE(world.w->dials.size() == 2);
  REQUIRE(world.w->service->open());
  CHECK(world.w->service->peer().protocol == net::tls_protocol::agent);
}

TEST_CASE("certificates that are issued and then not accepted are requested less and less often") {
  agent_world world;
  const auto& others = net::test::pki::somebody_elses();
  const auto useless = others.node.issue_node(world.id, world.key.pub(), net::test::this_week)->der();
  world.start(std::nullopt);
  std::size_t admissions = 0;
  for (std::chrono::milliseconds passed{0}; passed < 30min; passed += 50ms) {
    if (world.w->service && world.w->service->open() && !world.w->hung_up
        && world.w->service->peer().protocol == net::tls_protocol::enrol && world.w->received.size() == 1) {
      world.say(stranger_hello());
      world.say(to_stranger(
          [](wire::EnrolmentFrame::Builder out) { out.initChallenge().setNonce(data_of(bytes(32, 1))); }));
      world.say(to_stranger([&](wire::EnrolmentFrame::Builder out) {
        out.initAdmitted().setNodeCertificate(data_of(useless));
      }));
      ++admissions;
    }
    world.pass(50ms);
  }
  CHECK(admissions >= 5);
  CHECK(admissions <= 50);
}

TEST_CASE(
    "after a refused enrolment the agent stays away as long as the service said, and then proves in full") {
  using code = wire::Fault::Code;
  struct row {
    code why;
    std::uint32_t retry_after;
    std::chrono::milliseconds not_before;
    std::chrono::milliseconds until;
  };
  for (const auto& r : {row{code::DENIED, 0, 299s, 601s}, row{code::REVOKED, 0, 299s, 601s},
                        row{code::VERSION, 0, 299s, 601s}, row{code::BUSY, 0, 450ms, 2s},
                        row{code::BUSY, 7000, 7s, 8s}, row{code::INTERNAL, 0, 450ms, 2s}}) {
    CAPTURE(static_cast<int>(r.why));
    agent_world world;
    world.start(std::nullopt);
    world.say(stranger_hello());
    world.say(to_stranger([&](auto out) { fill_fault(out.initFault(), r.why, r.retry_after); }));
    CHECK(world.w->left == 1);
    CHECK(world.w->issued.empty());
    CHECK(world.pass_until_dialled(2, r.until) >= r.not_before);
    REQUIRE(world.w->dials.size() == 2);
    CHECK(world.w->service->peer().protocol == net::tls_protocol::enrol);
    CHECK(world.w->received.size() == 1); // hello, and nothing of the earlier enrolment
  }
}

TEST_CASE("the service's last frame decides when the agent comes back, and whether it enrols") {
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

TEST_CASE("a lost session is followed by another within the spread") {
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

namespace {

/// The agent's UNABLE frames in place of evidence: number and reason.
std::vector<std::pair<std::uint64_t, std::string>> excuses(agent_world& world) {
  std::vector<std::pair<std::uint64_t, std::string>> out;
  for (const auto& one : world.take(wire::AgentFrame::UNABLE))
    out.push_back(read_sent(one, [](wire::AgentFrame::Reader in) {
      return std::pair{in.getUnable().getNumber(), std::string{text_of(in.getUnable().getWhy())}};
    }));
  return out;
}

void challenge(agent_world& world, std::uint64_t number) {
  world.reply([&](wire::BeatReply::Builder reply) {
    auto out = reply.initChallenge();
    out.setNumber(number);
    out.setNonce(data_of(bytes(32, 1)));
    auto banks = out.initSelection(1);
    banks[0].setAlgorithm(0x0b);
    banks[0].setMask(1);
    out.setDeadlineMs(60'000);
  });
}

} // namespace

TEST_CASE("check 37: an agent that cannot attest says why at once") {
  agent_world world;
  world.w->no_quote = fault{errc::io, "tpm: Esys_Quote: out of \x1b memory"};
  world.start_session();
  challenge(world, 7);
  const auto said = excuses(world);
  REQUIRE(said.size() == 1);
  CHECK(said[0].first == 7);
  CHECK(said[0].second.find("Esys_Quote") != std::string::npos);
  CHECK(said[0].second.find('\x1b') == std::string::npos);
  CHECK(world.take(wire::AgentFrame::EVIDENCE).empty());
}

TEST_CASE("check 37: a TPM that hangs is reported before the challenge is over, and gets no second order") {
  agent_world world;
  world.w->tpm_hangs = true;
  world.start_session();
  challenge(world, 7);
  for (int beats = 0; beats < 4; ++beats) {
    world.pass(std::chrono::milliseconds{10'050});
    world.reply([](wire::BeatReply::Builder) {});
  }
  CHECK(excuses(world).empty());
  world.pass(std::chrono::seconds{5});
  const auto first = excuses(world);
  REQUIRE(first.size() == 1);
  CHECK(first[0].first == 7);
  CHECK(first[0].second.starts_with("the TPM has not answered for "));
  world.pass(std::chrono::seconds{6});
  challenge(world, 8);
  const auto second = excuses(world);
  REQUIRE(second.size() == 1);
  CHECK(second[0].first == 8);
  CHECK(world.w->quotes == 1);

  // Its late answer goes nowhere; the next challenge is answered.
  world.answer_late_quotes();
  CHECK(world.take(wire::AgentFrame::EVIDENCE).empty());
  world.pass(std::chrono::seconds{10});
  challenge(world, 9);
  CHECK(world.take(wire::AgentFrame::EVIDENCE).size() == 1);
  CHECK(excuses(world).empty());
}

TEST_CASE("the agent leaves a silent service") {
  agent_world world;
  world.start_session();
  world.pass(29s);
  CHECK_FALSE(world.w->hung_up);
  world.pass(1500ms);
  CHECK((world.w->hung_up || world.w->dials.size() > 1));
}

TEST_CASE("an agent that is stopped says goodbye and then nothing more") {
  agent_world world;
  world.start_session();
  caf::anon_send(world.agent, node::stop_atom::value);
  world.settle();
  CHECK(world.w->hung_up);
  world.pass(1min);
  CHECK(world.w->dials.size() == 1);
}
