#include "crypto/authority.hpp"
#include "node/ra_agent/enrolment_client.hpp"
#include "tests/node/calendar.hpp"
#include "tests/node/frames.hpp"

using namespace muster;
using namespace muster::node;
using namespace muster::test;

namespace {

struct machine {
  crypto::private_key key = crypto::private_key::make_ec(crypto::curve::p256);
  std::shared_ptr<const machine_identity> identity = std::make_shared<const machine_identity>(
      machine_identity{{bytes{1, 2}}, bytes(64, 3), bytes(48, 4), bytes{5, 6, 7}, {}});
  enrolment_channel channel{key.pub().spki(), bytes(91, 8), {9}};

  enrolment_client client(bytes token = {}) const { return {channel, identity, std::move(token)}; }
  node_id id() const { return {crypto::sha256(identity->ek_public)}; }
  bytes32 fingerprint() const {
    return crypto::sha256(
        {byte_view{identity->ek_public}, byte_view{identity->ak_public}, byte_view{channel.node_spki}});
  }
};

frame challenge(std::size_t nonce_size = 32) {
  return to_stranger([&](wire::EnrolmentFrame::Builder out) {
    auto c = out.initChallenge();
    c.setCredentialBlob(data_of(bytes{1}));
    c.setEncryptedSecret(data_of(bytes{2}));
    c.setNonce(data_of(bytes(nonce_size, 7)));
  });
}

bytes issue(const machine& m, const crypto::public_key& for_key) {
  const auto root = *crypto::authority::make_root("root", week);
  const auto nodes = *root.make_issuer(crypto::purpose::node, "nodes", week);
  return nodes.issue_node(m.id(), for_key, week)->der();
}

frame admitted(const bytes& certificate) {
  return to_stranger([&](wire::EnrolmentFrame::Builder out) {
    auto a = out.initAdmitted();
    a.setNodeCertificate(data_of(certificate));
    a.initNodeChain(1).set(0, data_of(bytes{42}));
    a.setAkCertificate(data_of(bytes{43}));
  });
}

frame pending(const bytes32& fingerprint, std::uint8_t token = 0) {
  return to_stranger([&](wire::EnrolmentFrame::Builder out) {
    auto p = out.initPending();
    p.setFingerprint(data_of(fingerprint));
    p.setRetryAfterMs(5000);
    p.setToken(token);
  });
}

frame refusal_frame(wire::Fault::Code code) {
  return to_stranger([&](wire::EnrolmentFrame::Builder out) { fill_fault(out.initFault(), code, 1234); });
}

const refusal* refused(const enrolment_effects& effects) { return std::get_if<refusal>(&effects.then); }

/// A client that waits for frame number `step`: 0 hello, 1 challenge, 2 our own TPM, 3 the verdict.
enrolment_client at_step(const machine& m, int step, bytes token = {}) {
  auto client = m.client(std::move(token));
  client.start();
  if (step > 0) client.on_frame(stranger_hello());
  if (step > 1) client.on_frame(challenge());
  if (step > 2) client.on_answer(enrolment_answer{{1}, {2}, {3}});
  return client;
}

} // namespace

TEST_CASE("an enrolment says hello, makes its request, proves its keys, and is admitted") {
  const machine m;
  auto client = m.client(bytes(32, 0xaa));
  const auto hello = client.start();
  REQUIRE(hello.send.size() == 1);
  read_sent<wire::StrangerFrame>(hello.send[0], [](wire::StrangerFrame::Reader in) {
    REQUIRE(in.isHello());
    CHECK(in.getHello().getMajor() == wire::MAJOR);
    CHECK(in.getHello().getBootId().size() == 0);
  });

  const auto request = client.on_frame(stranger_hello());
  REQUIRE(request.send.size() == 1);
  read_sent<wire::StrangerFrame>(request.send[0], [&](wire::StrangerFrame::Reader in) {
    REQUIRE(in.isRequest());
    CHECK(same(bytes_of(in.getRequest().getEkPublic()), m.identity->ek_public));
    CHECK(same(bytes_of(in.getRequest().getAkPublic()), m.identity->ak_public));
    CHECK(same(bytes_of(in.getRequest().getFacts()), m.identity->facts));
    CHECK(in.getRequest().getEkCertificates().size() == 1);
    CHECK(in.getRequest().getToken().size() == 32);
  });

  const auto asked = client.on_frame(challenge());
  const auto* prove = std::get_if<enrolment_effects::ask_prove>(&asked.then);
  REQUIRE(prove != nullptr);
  // Every part of the transcript that only this end knows; a relay cannot know them all.
  CHECK(prove->question.session.node_spki == m.channel.node_spki);
  CHECK(prove->question.session.service_spki == crypto::sha256(m.channel.service_spki));
  CHECK(prove->question.session.exporter == m.channel.exporter);
  CHECK(prove->question.session.facts_digest == crypto::sha256(m.identity->facts));
  CHECK(same(prove->question.session.nonce, bytes(32, 7)));

  const auto proof = client.on_answer(enrolment_answer{{1}, {2}, {3}});
  REQUIRE(proof.send.size() == 1);
  read_sent<wire::StrangerFrame>(proof.send[0], [](wire::StrangerFrame::Reader in) { CHECK(in.isProof()); });

  const auto end = client.on_frame(admitted(issue(m, m.key.pub())));
  const auto* in = std::get_if<enrolment_effects::admitted>(&end.then);
  REQUIRE(in != nullptr);
  CHECK(in->id == m.id());
  CHECK(in->issued.node_chain.size() == 1);
  CHECK(in->issued.ak_certificate == bytes{43});
}

TEST_CASE("a machine that waits for admission shows the fingerprint that it computed itself") {
  const machine m;
  auto client = at_step(m, 3);
  const auto effects = client.on_frame(pending(m.fingerprint()));
  const auto* waits = std::get_if<enrolment_effects::pending>(&effects.then);
  REQUIRE(waits != nullptr);
  CHECK(waits->fingerprint == m.fingerprint());
  CHECK(waits->retry_after == std::chrono::seconds{5});

  // An operator who approves the fingerprint on another screen would approve another machine.
  auto deceived = at_step(m, 3);
  const auto end = deceived.on_frame(pending({1}));
  CHECK(refused(end) != nullptr);
}

TEST_CASE("a machine whose token did not count says why, and one that sent none says nothing of tokens") {
  const machine m;
  const auto said = [&](bytes token, std::uint8_t reason) {
    auto client = at_step(m, 3, std::move(token));
    const auto effects = client.on_frame(pending(m.fingerprint(), reason));
    return std::get<enrolment_effects::pending>(effects.then).token;
  };
  CHECK(said({}, 1).empty());
  CHECK(said(bytes(32, 1), 0).find("older than join tokens") != std::string_view::npos);
  CHECK(said(bytes(32, 1), 1).find("was not accepted") != std::string_view::npos);
  CHECK(said(bytes(32, 1), 2).find("was not looked at") != std::string_view::npos);
  CHECK_FALSE(said(bytes(32, 1), 77).empty());
}

TEST_CASE("frames in any other order end the enrolment") {
  const machine m;
  const auto certificate = issue(m, m.key.pub());
  struct step {
    int at;
    const char* what;
    frame received;
  };
  const step wrong[] = {
      {0, "challenge before hello", challenge()},
      {0, "admitted before hello", admitted(certificate)},
      {1, "a second hello", stranger_hello()},
      {1, "admitted without proof", admitted(certificate)},
      {1, "pending without proof", pending(m.fingerprint())},
      {2, "a second challenge", challenge()},
      {2, "admitted while proving", admitted(certificate)},
      {3, "a challenge after the proof", challenge()},
      {1, "a nonce of 16 bytes", challenge(16)},
      {3, "a certificate that is none", admitted({1, 2, 3})},
      {3, "a certificate for another key",
       admitted(issue(m, crypto::private_key::make_ec(crypto::curve::p256).pub()))},
      {0, "no message", frame::copy_of(bytes(16, 0xff))},
      {0, "another major version",
       to_stranger([](wire::EnrolmentFrame::Builder out) { fill_hello(out.initHello(), wire::MAJOR + 1); })},
  };
  for (const auto& one : wrong) {
    CAPTURE(one.what);
    auto client = at_step(m, one.at);
    const auto effects = client.on_frame(one.received);
    CHECK(refused(effects) != nullptr);
    CHECK(effects.send.empty());
    // Nothing happens after the end.
    const auto after = client.on_frame(admitted(certificate));
    CHECK(std::holds_alternative<std::monostate>(after.then));
  }
}

TEST_CASE("a fault of the service ends the enrolment at every step, with its code") {
  const machine m;
  using code = wire::Fault::Code;
  for (int step = 0; step < 4; ++step)
    for (const auto sent : {code::DENIED, code::BUSY, code::VERSION, code::REVOKED, code::INTERNAL}) {
      auto client = at_step(m, step);
      const auto effects = client.on_frame(refusal_frame(sent));
      const auto* why = refused(effects);
      REQUIRE(why != nullptr);
      CHECK(why->code == sent);
      CHECK(why->text == "because");
      CHECK(why->retry_after == std::chrono::milliseconds{1234});
    }
}

TEST_CASE("a TPM that does not answer ends the enrolment, and the service gets nothing") {
  const machine m;
  auto client = at_step(m, 2);
  const auto effects = client.on_answer(fault{errc::mismatch, "credential"});
  REQUIRE(refused(effects) != nullptr);
  CHECK(effects.send.empty());
}
