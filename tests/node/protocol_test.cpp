// Both halves of the protocol against each other, without network and actors: each reads whatever the other
// sends.
#include "net/secure_channel.hpp"
#include "node/ra_agent/beat_client.hpp"
#include "node/ra_agent/enrolment_client.hpp"
#include "node/ra_agent/evidence_frames.hpp"
#include "protocol/agent_protocol.hpp"
#include "protocol/enrolment_protocol.hpp"
#include "protocol/evidence_step.hpp"
#include "records/join_token.hpp"
#include "service/privacy_ca/authorities.hpp"
#include "service/privacy_ca/certificates.hpp"
#include "service/privacy_ca/enrolment.hpp"
#include "tests/net/pki.hpp"
#include "tests/node/agent_tools.hpp"
#include "tests/node/calendar.hpp"

using namespace muster;
using namespace muster::test;
using namespace std::chrono_literals;

namespace {

/// One enrolment with all its participants.
struct enrolment {
  agent_tools& tools;
  crypto::private_key key = crypto::private_key::make_ec(crypto::curve::p256);
  bytes service_spki = crypto::private_key::make_ec(crypto::curve::p256).pub().spki();
  bytes32 exporter{5};
  std::shared_ptr<const node::machine_identity> identity;
  service::vendor_trust vendors;
  std::optional<service::authorities> keys;
  bytes token{};

  std::optional<service::proven_machine> proven;
  std::optional<node::refusal> refused;
  std::optional<node::enrolment_effects::admitted> admitted;
  std::optional<node::enrolment_effects::pending> pending;

  enrolment(agent_tools& t, workshop& place) : tools{t} {
    identity = std::make_shared<const node::machine_identity>(
        must(tools.ask<result<node::machine_identity>>(node::measured_boot{})));
    keys = must(
        service::load_authorities(place.folder() / "ca", place.folder() / "anchor.pem", "ras.test", noon));
  }

  /// The channel as the service sees it without anyone in between.
  service::enrolment_channel direct() const { return {key.pub().spki(), service_spki, exporter, "test"}; }

  /// Passes the frames to and fro until neither side has more to send.
  void run(bool admit, const service::enrolment_channel& at_service) {
    service::enrolment_protocol server{at_service, 60'000ms, 65536};
    node::enrolment_client client{{key.pub().spki(), service_spki, exporter}, identity, token};
    auto from_client = client.start();
    while (true) {
      if (auto* ask = std::get_if<node::enrolment_effects::ask_prove>(&from_client.then)) {
        from_client = client.on_answer(tools.ask<result<node::enrolment_answer>>(ask->question));
        continue;
      }
      if (auto* why = std::get_if<node::refusal>(&from_client.then)) refused = *why;
      if (auto* in = std::get_if<node::enrolment_effects::admitted>(&from_client.then)) admitted = *in;
      if (auto* waits = std::get_if<node::enrolment_effects::pending>(&from_client.then)) pending = *waits;
      if (from_client.send.empty()) return;
      const auto answer = serve(server, from_client.send[0], admit);
      if (answer.empty()) return;
      from_client = client.on_frame(frame::copy_of(answer));
    }
  }

private:
  bytes serve(service::enrolment_protocol& server, const bytes& sent, bool admit) {
    using fx = service::enrolment_effects;
    auto effects = server.on_frame(frame::copy_of(sent), {});
    if (auto* begin = std::get_if<fx::ask_begin>(&effects.ask))
      effects = server.on_begun(service::make_enrolment_challenge(*begin->request, vendors, noon), {});
    if (auto* prove = std::get_if<fx::ask_prove>(&effects.ask)) {
      auto machine = service::verify_enrolment_proof(*prove->pending, prove->channel, prove->proof);
      if (machine) proven = *machine;
      effects = server.on_proven(std::move(machine));
    }
    if (auto* wish = std::get_if<fx::ask_admit>(&effects.ask)) {
      const auto fingerprint =
          crypto::sha256({byte_view{wish->machine.ek_public}, byte_view{wish->machine.ak_public},
                          byte_view{wish->machine.node_spki}});
      effects = admit ? server.on_admitted({1}) : server.on_pending(fingerprint);
    }
    if (auto* issue = std::get_if<fx::ask_issue>(&effects.ask))
      effects = server.on_issued(service::make_node_certificates(
          *keys, {issue->machine.id, issue->machine.node_spki, issue->machine.ak_public, issue->generation},
          noon, std::chrono::hours{24}));
    return effects.send.empty() ? bytes{} : effects.send[0];
  }
};

/// The two ends of one TLS channel, after the handshake.
struct tls_ends {
  net::secure_channel client, server;

  tls_ends(net::secure_channel c, net::secure_channel s) : client{std::move(c)}, server{std::move(s)} {
    while (!client.open() || !server.open()) {
      const auto up = client.take_output();
      const auto down = server.take_output();
      REQUIRE_FALSE((up.empty() && down.empty()));
      REQUIRE(server.feed(up).ok());
      REQUIRE(client.feed(down).ok());
    }
  }
};

/// A session of an admitted machine, and its attestations.
struct session {
  agent_tools& tools;
  enrolment& who;
  service::agent_protocol server;
  node::beat_client client{{0ms}, {}, {}, {}};
  boot_time now{1000};
  std::vector<node::command> commands;
  std::vector<service::command_result> reports;
  std::shared_ptr<const appraisal::attestation_outcome> outcome;
  std::optional<attestation_number> taken;

  session(agent_tools& t, enrolment& e)
      : tools{t}, who{e}, server{e.proven->id, e.key.pub().spki(), e.exporter, {}}, client{{0ms},
                                                                                           t.clock().boot(),
                                                                                           {},
                                                                                           {}} {
    take(client.start(now));
  }

  void take(node::beat_effects effects) {
    REQUIRE_FALSE(effects.ended);
    commands.insert(commands.end(), effects.commands.begin(), effects.commands.end());
    if (effects.taken) taken = effects.taken;
    for (const auto& one : effects.send)
      take(server.on_frame(frame::copy_of(one), now));
    if (effects.challenge) attest(effects.challenge->evidence);
  }

  void take(service::agent_effects effects) {
    CHECK_FALSE(effects.close);
    reports.insert(reports.end(), effects.reports.begin(), effects.reports.end());
    for (auto& one : effects.asks) {
      if (std::holds_alternative<service::agent_effects::ask_attach>(one))
        take(server.on_attached(attachment()));
      if (auto* step = std::get_if<service::agent_effects::ask_step>(&one))
        take(server.on_step(step->number, service::take_evidence(std::move(step->evidence))));
      if (auto* decide = std::get_if<service::agent_effects::ask_decide>(&one)) {
        outcome = decide->request.outcome;
        take(server.on_decided(decide->request.number,
                               service::decision{std::make_shared<service::node_state>()}));
      }
      if (std::holds_alternative<service::agent_effects::ask_renew>(one))
        take(server.on_renewed(service::make_node_certificates(
            *who.keys, {who.proven->id, who.key.pub().spki(), {}, {}}, noon, std::chrono::hours{24})));
    }
    for (const auto& one : effects.send)
      take(client.on_frame(frame::copy_of(one), now, 0));
  }

  service::attachment attachment() const {
    auto context = std::make_shared<service::appraisal_context>();
    context->policy = std::make_shared<appraisal::policy>();
    return {{1}, who.proven->ak_public, std::make_shared<service::node_state>(), context, {}};
  }

  void attest(node::evidence_order order) {
    order.node = who.proven->id;
    order.exporter = who.exporter;
    order.node_spki = crypto::sha256(who.key.pub().spki());
    const auto quoted = must(tools.quote(order));
    take(server.on_frame(frame::adopt(node::evidence_frame(quoted)), now));
    bool last = quoted.last;
    for (std::uint32_t part = 1; !last; ++part) {
      const auto log = must(tools.read(order.number));
      take(server.on_frame(frame::adopt(node::log_frame(log, part)), now));
      last = log.last;
    }
  }
};

} // namespace

TEST_CASE("both ends together enrol a machine and attest it") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  agent_tools tools{machine};
  enrolment enrol{tools, place};
  enrol.token = bytes(32, 0xab);
  enrol.run(true, enrol.direct());
  REQUIRE(enrol.admitted);
  CHECK(enrol.admitted->id == enrol.proven->id);
  CHECK(enrol.proven->token
        == service::join_token_digest(enrol.token)); // it comes with the proof, as a digest
  CHECK_FALSE(enrol.admitted->issued.ak_certificate.empty());

  session first{tools, enrol};
  REQUIRE(first.outcome);
  CHECK(first.outcome->end == appraisal::attestation_end::verified);
  CHECK(first.taken == attestation_number{1});

  service::command_record order;
  order.id = {4};
  order.kind = command_kind::attest;
  order.deadline = {61'000};
  first.server.on_due({order});
  first.now = first.client.next();
  first.outcome.reset();
  first.take(first.client.on_time(first.now));
  REQUIRE(first.commands.size() == 1);
  CHECK(first.commands[0].id == command_id{4});
  CHECK(first.commands[0].deadline <= boot_time{61'000}); // never later than the service's own deadline
  CHECK(first.outcome);
  first.take(first.client.on_report({{4}, command_outcome::done, "fine"}));
  REQUIRE(first.reports.size() == 1);
  CHECK(first.reports[0].id == command_id{4});
  CHECK(first.reports[0].outcome == command_outcome::done);
  first.take(first.client.on_renewal_due());
}

TEST_CASE("a machine that waits for admission shows the same fingerprint as the service") {
  workshop place;
  auto& machine = place.create("m", lab::endorsement_choice::none);
  must(machine.boot({}));
  agent_tools tools{machine};
  enrolment enrol{tools, place};
  enrol.run(false, enrol.direct());
  REQUIRE(enrol.pending);
  CHECK_FALSE(enrol.admitted);
  CHECK(enrol.pending->retry_after == 60s);
}

TEST_CASE("a proof is for one channel: if its two ends differ in anything, it proves nothing") {
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  agent_tools tools{machine};
  using channel = service::enrolment_channel;
  struct row {
    std::string what;
    void (*differs)(channel&);
    bool proves;
  };
  const std::array rows{
      row{"nothing", [](channel&) {}, true},
      row{"the exporter", [](channel& c) { c.exporter[31] ^= 1; }, false},
      row{"the service's key", [](channel& c) { c.service_spki.back() ^= 1; }, false},
      row{"the node's key",
          [](channel& c) { c.node_spki = crypto::private_key::make_ec(crypto::curve::p256).pub().spki(); },
          false},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    enrolment enrol{tools, place};
    auto at_service = enrol.direct();
    r.differs(at_service);
    enrol.run(true, at_service);
    CHECK(enrol.proven.has_value() == r.proves);
    CHECK(enrol.admitted.has_value() == r.proves);
    CHECK(enrol.refused.has_value() != r.proves);
    if (enrol.refused) CHECK(enrol.refused->code == wire::Fault::Code::DENIED);
  }
}

TEST_CASE("a fake service that the agent trusts cannot use its proof at another service") {
  // `fake` holds a certificate that the agent accepts, and carries every frame to `victim` and back.
  const auto& fake = net::test::pki::somebody_elses();
  const auto& victim = net::test::pki::ours();
  workshop place;
  auto& machine = place.create("m");
  must(machine.boot({}));
  agent_tools tools{machine};
  enrolment enrol{tools, place};
  const auto shown = net::test::pki::stranger();
  enrol.key = shown.key;

  tls_ends agent_side{net::secure_channel::connect(fake.client(shown, net::tls_protocol::enrol)),
                      net::secure_channel::accept(fake.server())};
  tls_ends victim_side{
      net::secure_channel::connect(victim.client(net::test::pki::stranger(), net::tls_protocol::enrol)),
      net::secure_channel::accept(victim.server())};
  enrol.service_spki = agent_side.client.peer().spki;
  enrol.exporter = agent_side.client.exporter();
  const auto& seen = victim_side.server;
  enrol.run(true, {seen.peer().spki, seen.own_spki(), seen.exporter(), "relay"});
  CHECK_FALSE(enrol.proven);
  CHECK_FALSE(enrol.admitted);
  REQUIRE(enrol.refused);
  CHECK(enrol.refused->code == wire::Fault::Code::DENIED);

  // At the service that the channel was made with it is accepted: only the relay was refused.
  enrolment honest{tools, place};
  honest.key = shown.key;
  honest.service_spki = agent_side.client.peer().spki;
  honest.exporter = agent_side.client.exporter();
  const auto& own = agent_side.server;
  honest.run(true, {own.peer().spki, own.own_spki(), own.exporter(), "agent"});
  CHECK(honest.admitted);
}
