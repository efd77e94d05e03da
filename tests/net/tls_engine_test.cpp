#include "crypto/digest.hpp"
#include "net/tls_engine.hpp"
#include "tests/net/pki.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::net;
using namespace muster::net::test;

namespace {

/// Two engines and the wire between them.
struct pair {
  tls_engine server;
  tls_engine client;
  bytes at_server, at_client;
  status server_says{}, client_says{};

  static status give(tls_engine& to, byte_view ciphertext, std::size_t piece, bytes& plaintext) {
    for (std::size_t at = 0; at < ciphertext.size() && to.state() != tls_engine::phase::closed; at += piece) {
      auto fed = to.feed(ciphertext.subspan(at, std::min(piece, ciphertext.size() - at)), plaintext);
      if (!fed) return fed;
    }
    return {};
  }

  /// Runs until nothing is left on the wire.
  void run(std::size_t piece = 1 << 20) {
    while (true) {
      const auto up = client.take_output();
      const auto down = server.take_output();
      if (up.empty() && down.empty()) return;
      if (auto s = give(server, up, piece, at_server); !s) server_says = s;
      if (auto s = give(client, down, piece, at_client); !s) client_says = s;
    }
  }
  bool both_open() const {
    return server.state() == tls_engine::phase::open && client.state() == tls_engine::phase::open;
  }
};

pair make_pair(const tls_credentials& client_end, tls_protocol protocol = tls_protocol::agent) {
  return {tls_engine::accept(pki::ours().server()),
          tls_engine::connect(pki::ours().client(client_end, protocol)),
          {},
          {}};
}

} // namespace

TEST_CASE("a handshake gives both ends the same facts, however the bytes are split") {
  const auto node = pki::ours().node_end(0x5a);
  for (const std::size_t piece : {1UL, 3UL, 5UL, 512UL, 1UL << 20U}) {
    CAPTURE(piece);
    auto p = make_pair(node);
    p.run(piece);
    REQUIRE(p.server_says);
    REQUIRE(p.both_open());
    CHECK(p.server.exporter() == p.client.exporter());
    CHECK(p.server.exporter() != bytes32{});
    CHECK(p.server.peer().role == peer_role::node);
    CHECK(p.server.peer().protocol == tls_protocol::agent);
    CHECK(p.server.peer().id == to_hex(bytes(32, 0x5a)));
    CHECK(p.server.peer().spki == node.key.pub().spki());
    CHECK(p.server.peer().serial == node.certificate.fields().serial);
    CHECK(p.server.peer().not_after == this_week.until);
    CHECK_FALSE(p.server.peer().issuer.empty());
    CHECK(p.client.peer().role == peer_role::service);
    CHECK(p.client.peer().spki == p.server.own_spki());
    CHECK(p.server.peer().spki == p.client.own_spki());

    REQUIRE(p.client.write(as_bytes("up")));
    REQUIRE(p.server.write(bytes(100'000, 7)));
    p.run(piece);
    CHECK(as_text(p.at_server) == "up");
    CHECK(p.at_client == bytes(100'000, 7));

    p.client.close();
    p.run(piece);
    CHECK(p.server_says);
    CHECK(p.server.state() == tls_engine::phase::closed);
  }
}

TEST_CASE("two sessions of the same ends have different exporters") {
  const auto node = pki::ours().node_end();
  auto a = make_pair(node);
  auto b = make_pair(node);
  a.run();
  b.run();
  CHECK(a.server.exporter() != b.server.exporter());
}

TEST_CASE("of a stranger's certificate only the key is read") {
  const auto own = pki::stranger();
  auto p = make_pair(own, tls_protocol::enrol);
  p.run();
  REQUIRE(p.both_open());
  CHECK(p.server.peer().role == peer_role::stranger);
  CHECK(p.server.peer().protocol == tls_protocol::enrol);
  CHECK(p.server.peer().spki == own.key.pub().spki());
  CHECK(p.server.peer().id.empty());
  CHECK(p.server.peer().serial.empty());
}

TEST_CASE("a node that enrols counts as a stranger as well: the protocol decides, not the certificate") {
  auto p = make_pair(pki::ours().node_end(), tls_protocol::enrol);
  p.run();
  REQUIRE(p.both_open());
  CHECK(p.server.peer().role == peer_role::stranger);
  CHECK(p.server.peer().id.empty());
}

TEST_CASE("clients without admission are refused") {
  const auto& ours = pki::ours();
  auto no_usage = node_template();
  no_usage.extended_key_usages.clear();
  auto server_only = node_template();
  server_only.extended_key_usages = {std::string{crypto::oid::server_auth}};
  auto two_names = node_template();
  two_names.uris.push_back("muster:verifier:v");
  auto hub_name = node_template();
  hub_name.uris = {"muster:hub:h1"};
  auto no_name = node_template();
  no_name.uris.clear();
  auto upper_case = node_template();
  upper_case.uris = {"muster:node:" + std::string(64, 'A')};
  auto short_id = node_template();
  short_id.uris = {"muster:node:aa"};
  auto old = node_template();
  old.not_after = {noon.milliseconds - 1000};
  auto early = node_template();
  early.not_before = {noon.milliseconds + day};
  auto verifier_by_node_issuer = node_template();
  verifier_by_node_issuer.uris = {"muster:verifier:v1"};
  auto a_ca = node_template();
  a_ca.is_ca = true;

  struct row {
    const char* what;
    tls_credentials own;
  };
  const row rows[] = {
      {"a stranger", pki::stranger()},
      {"a node of somebody else", pki::somebody_elses().node_end()},
      {"no extended key usage", pki::signed_as(no_usage, ours.node)},
      {"serverAuth only", pki::signed_as(server_only, ours.node)},
      {"two names", pki::signed_as(two_names, ours.node)},
      {"no name", pki::signed_as(no_name, ours.node)},
      {"an id in upper case", pki::signed_as(upper_case, ours.node)},
      {"a short id", pki::signed_as(short_id, ours.node)},
      {"expired", pki::signed_as(old, ours.node)},
      {"not valid yet", pki::signed_as(early, ours.node)},
      {"a verifier made by the issuer of nodes", pki::signed_as(verifier_by_node_issuer, ours.node)},
      {"a node made by the issuer of hubs", pki::signed_as(node_template(), ours.hub)},
      {"a node made by the root", pki::signed_as(node_template(), ours.root)},
      {"a hub on the agents' protocol", ours.client_end(crypto::purpose::hub, "h1")},
      {"a hub's name by the issuer of nodes", pki::signed_as(hub_name, ours.node)},
      {"a CA", pki::signed_as(a_ca, ours.node)},
      {"the service itself", ours.service_end()},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    auto p = make_pair(r.own);
    p.run();
    CHECK_FALSE(p.server_says);
    CHECK(p.server.state() == tls_engine::phase::closed);
    CHECK_FALSE(p.client_says); // it gets an alert, although it considered itself connected
    CHECK(p.at_server.empty());
  }
  auto p = make_pair(ours.client_end(crypto::purpose::verifier, "v1"));
  p.run();
  REQUIRE(p.both_open());
  CHECK(p.server.peer().role == peer_role::verifier);
  CHECK(p.server.peer().id == "v1");
}

TEST_CASE("a client of an issuer that is no longer listed is refused, even if it sends the issuer along") {
  const auto& ours = pki::ours();
  auto trust = ours.server_trust();
  trust.issuers = {ours.hub.cert()};
  const auto server =
      server_tls::make(ours.service_end(), trust, {{tls_protocol::agent, {peer_role::node}}}).value();
  auto own = ours.node_end();
  own.chain = {ours.node.cert()};
  pair p{tls_engine::accept(server), tls_engine::connect(ours.client(own)), {}, {}};
  p.run();
  REQUIRE_FALSE(p.server_says);
  CHECK(p.server_says.fault().code == errc::untrusted);
}

TEST_CASE("an agent rejects services that it must not trust") {
  const auto& ours = pki::ours();
  const auto& theirs = pki::somebody_elses();
  auto client_only = node_template();
  client_only.dns_names = {service_name};
  auto wildcard = node_template();
  wildcard.extended_key_usages = {std::string{crypto::oid::server_auth}};
  wildcard.uris.clear();
  wildcard.dns_names = {"*.example"};
  struct row {
    const char* what;
    tls_credentials own;
    wall_time at = noon;
  };
  const row rows[] = {
      {"of somebody else", theirs.service_end()},
      {"another name", ours.service_end("other.example")},
      {"a wildcard", pki::signed_as(wildcard, ours.service)},
      {"a node", ours.node_end()},
      {"clientAuth only", pki::signed_as(client_only, ours.service)},
      {"expired", ours.service_end(), {noon.milliseconds + 30 * day}},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    const auto server =
        server_tls::make(r.own, ours.server_trust(), {{tls_protocol::agent, {peer_role::node}}}).value();
    const auto client =
        client_tls::make(ours.node_end(), ours.client_trust(r.at), tls_protocol::agent, service_name).value();
    pair p{tls_engine::accept(server), tls_engine::connect(client), {}, {}};
    p.run();
    CHECK_FALSE(p.client_says);
    CHECK(p.client.state() == tls_engine::phase::closed);
    CHECK(p.server.state() == tls_engine::phase::closed);
  }
}

TEST_CASE("check 35: with a list of issuers a server is accepted only through one of them, and an empty list "
          "accepts none") {
  const auto& ours = pki::ours();
  const auto outcome = [&](std::vector<bytes32> listed) -> std::string {
    auto trust = ours.client_trust();
    trust.service_issuers = std::move(listed);
    pair p{
        tls_engine::accept(ours.server()),
        tls_engine::connect(
            client_tls::make(ours.node_end(), std::move(trust), tls_protocol::agent, service_name).value()),
        {},
        {}};
    p.run();
    if (p.both_open()) return "taken";
    CHECK(p.client.peer().chain.empty());
    return std::string{to_string(p.client_says.fault().code)};
  };
  const auto own = crypto::sha256(ours.service.cert().fields().spki);
  CHECK(outcome({own}) == "taken");
  CHECK(outcome({bytes32{1}, own}) == "taken");
  CHECK(outcome({bytes32{1}}) == "untrusted");
  CHECK(outcome({crypto::sha256(ours.root.cert().fields().spki)}) == "untrusted");
  CHECK(outcome({}) == "untrusted");
}

TEST_CASE("the server is known by its chain; a client that connects to any server trusts none") {
  auto judged = make_pair(pki::ours().node_end());
  judged.run();
  REQUIRE(judged.both_open());
  REQUIRE(judged.client.peer().chain.size() == 3);
  CHECK(judged.client.peer().chain[1] == pki::ours().service.cert());
  CHECK(judged.client.peer().chain[2] == pki::ours().root.cert());
  CHECK(judged.server.peer().chain.empty()); // ten thousand sessions need none
  const auto own = pki::stranger();
  pair anybody{tls_engine::accept(pki::somebody_elses().server()),
               tls_engine::connect(client_tls::to_anybody(own).value()),
               {},
               {}};
  anybody.run();
  REQUIRE(anybody.both_open());
  CHECK(anybody.client.peer().role == peer_role::stranger);
  CHECK(anybody.client.peer().protocol == tls_protocol::enrol);
  CHECK(anybody.client.peer().chain.empty());
}

TEST_CASE("a protocol that is not offered is refused with an alert") {
  auto p = make_pair(pki::ours().node_end(), tls_protocol::hub);
  p.run();
  REQUIRE_FALSE(p.server_says);
  CHECK(p.server_says.fault().code == errc::denied);
  REQUIRE_FALSE(p.client_says);
  CHECK(p.client_says.fault().code == errc::denied);
}

TEST_CASE("an endpoint that does not say which peers to trust is refused") {
  const auto& ours = pki::ours();
  const auto own = ours.service_end();
  const auto trust = ours.server_trust();
  CHECK_FALSE(server_tls::make(own, trust, {}));
  CHECK_FALSE(server_tls::make(own, trust, {{tls_protocol::agent, {}}}));
  CHECK_FALSE(server_tls::make(own, trust, {{tls_protocol::enrol, {peer_role::node}}}));
  auto nobody = trust;
  nobody.anchors.clear();
  CHECK_FALSE(server_tls::make(own, nobody, {{tls_protocol::agent, {peer_role::node}}}));
  nobody = trust;
  nobody.issuers.clear();
  CHECK_FALSE(server_tls::make(own, nobody, {{tls_protocol::agent, {peer_role::node}}}));
  auto wrong_key = own;
  wrong_key.key = crypto::private_key::make_ec(crypto::curve::p256);
  CHECK_FALSE(server_tls::make(wrong_key, trust, {{tls_protocol::enrol, {}}}));
  CHECK_FALSE(client_tls::make(own, ours.client_trust(), tls_protocol::agent, ""));
  auto no_anchor = ours.client_trust();
  no_anchor.anchors.clear();
  CHECK_FALSE(client_tls::make(own, no_anchor, tls_protocol::agent, service_name));
}

TEST_CASE("bytes that are not TLS, or too many of them, end the engine") {
  bytes plaintext;
  auto garbage = tls_engine::accept(pki::ours().server());
  CHECK_FALSE(garbage.feed(bytes(300, 0x5a), plaintext));
  CHECK(garbage.state() == tls_engine::phase::closed);
  CHECK_FALSE(garbage.feed(bytes(1), plaintext));
  CHECK_FALSE(garbage.write(bytes(1)));

  // A hello that never ends: handshake records of 1 byte each, for a message of 16 MiB.
  auto endless = tls_engine::accept(pki::ours().server());
  status fed{};
  std::size_t taken = 0;
  bytes record{0x16, 3, 1, 0x10, 0, 1, 0, 0x3f, 0xff};
  record.resize(5 + 4096);
  while (fed && taken < 1 << 20) {
    fed = endless.feed(record, plaintext);
    taken += record.size();
    std::fill(record.begin() + 5, record.end(), std::uint8_t{0});
  }
  CHECK_FALSE(fed);
  CHECK(taken <= tls_engine::max_handshake + record.size());
  CHECK(plaintext.empty());
}

TEST_CASE("a flipped bit after the handshake gives no plaintext") {
  auto p = make_pair(pki::ours().node_end());
  p.run();
  REQUIRE(p.client.write(bytes(64, 1)));
  auto ciphertext = p.client.take_output();
  ciphertext[ciphertext.size() / 2] ^= 1U;
  bytes plaintext;
  const auto fed = p.server.feed(ciphertext, plaintext);
  REQUIRE_FALSE(fed);
  CHECK(plaintext.empty());
}
