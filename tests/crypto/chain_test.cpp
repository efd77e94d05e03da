#include "tests/crypto/lab_pki.hpp"

using namespace muster;
using namespace muster::crypto;
using namespace muster::crypto::testing;

namespace {

/// Empty if verified, else the code of the fault.
std::optional<errc> chain_outcome(const certificate& leaf, purpose p = purpose::node,
                                  wall_time at = plus(now, day)) {
  const auto verified = verify_chain(leaf, pki().issuers(), pki().anchors(), p, at);
  if (verified) return std::nullopt;
  CAPTURE(verified.fault().check);
  return verified.fault().code;
}

certificate service_leaf() {
  const std::vector<std::string> names{"ras.example", "ras"};
  return pki().services.issue_service(names, some_key().pub(), for_days(90)).value();
}

} // namespace

TEST_CASE("a certificate of our issuers is accepted for its purpose and for no other") {
  const struct {
    certificate leaf;
    purpose role;
    std::string id;
  } rows[] = {
      {pki().nodes.issue_node(node(), some_key().pub(), for_days(7)).value(), purpose::node,
       std::string{node_hex}},
      {pki().hubs.issue(purpose::hub, "hub-1", some_key().pub(), for_days(7)).value(), purpose::hub, "hub-1"},
      {pki().verifiers.issue(purpose::verifier, "v_1.x", some_key().pub(), for_days(7)).value(),
       purpose::verifier, "v_1.x"},
      {pki().aks.issue_ak({node(), {3}}, some_key().pub(), for_days(7)).value(), purpose::ak,
       std::string{node_hex} + ".3"},
      {service_leaf(), purpose::service_tls, ""},
  };
  for (const auto& row : rows)
    for (const auto p : {purpose::service_tls, purpose::node, purpose::hub, purpose::verifier, purpose::ak}) {
      CAPTURE(to_string(row.role));
      CAPTURE(to_string(p));
      const auto verified = verify_chain(row.leaf, pki().issuers(), pki().anchors(), p, plus(now, day));
      REQUIRE(verified.ok() == (p == row.role));
      if (!verified) {
        CHECK(verified.fault().code == errc::denied);
        continue;
      }
      CHECK(verified->id() == row.id);
      CHECK(verified->leaf() == row.leaf);
      CHECK(verified->what_for() == p);
      CHECK(verified->certificates().size() == 3);
      CHECK(verified->certificates()[2] == pki().root.cert());
      CHECK(claimed_purpose(row.leaf)
            == (p == purpose::service_tls ? std::nullopt : std::optional<purpose>{p}));
    }
}

TEST_CASE("a chain that does not verify is not accepted") {
  const auto leaf = sign_with(pki().nodes, node_template());
  CHECK(chain_outcome(leaf) == std::nullopt);

  SUBCASE("outside its validity") {
    CHECK(chain_outcome(leaf, purpose::node, plus(now, 7 * day + second)) == errc::expired);
    CHECK(chain_outcome(leaf, purpose::node, minus(now, second)) == errc::expired);
  }
  SUBCASE("issuer expired although the leaf has not") {
    auto what = node_template();
    what.not_after = plus(now, 9 * year);
    CHECK(chain_outcome(sign_with(pki().nodes, what), purpose::node, plus(now, 6 * year)) == errc::expired);
  }
  SUBCASE("foreign root of the same name") {
    const auto foreign = authority::make_root("Test Root", for_years(10)).value();
    const auto issuer = foreign.make_issuer(purpose::node, "Test Issuer node", for_years(5)).value();
    const auto forged = sign_with(issuer, node_template());
    const std::vector<certificate> sent{issuer.cert(), foreign.cert()};
    CHECK(verify_chain(forged, sent, pki().anchors(), purpose::node, now).fault().code == errc::untrusted);
    CHECK(chain_outcome(forged) == errc::untrusted);
  }
  SUBCASE("same issuer name, another key") {
    auto what = node_template();
    const auto thief = private_key::make_ec(curve::p256);
    const auto forged = sign_certificate(what, some_key().pub(), &pki().nodes.cert(), thief).value();
    CHECK(chain_outcome(forged) == errc::untrusted);
  }
  SUBCASE("no anchors, no intermediates") {
    CHECK_FALSE(verify_chain(leaf, pki().issuers(), {}, purpose::node, now).ok());
    CHECK_FALSE(verify_chain(leaf, {}, pki().anchors(), purpose::node, now).ok());
    // An issuer alone is not an anchor, because anchors are self-signed.
    CHECK_FALSE(verify_chain(leaf, {}, pki().issuers(), purpose::node, now).ok());
  }
  SUBCASE("too many intermediates") {
    const std::vector<certificate> many(max_intermediates + 1, pki().nodes.cert());
    CHECK(verify_chain(leaf, many, pki().anchors(), purpose::node, now).fault().code == errc::limit);
  }
  SUBCASE("self-signed leaf, even if it is an anchor") {
    const auto self = sign_certificate(node_template(), some_key().pub(), nullptr, some_key()).value();
    CHECK(chain_outcome(self) == errc::untrusted);
    const std::vector<certificate> anchors{self};
    CHECK(verify_chain(self, {}, anchors, purpose::node, now).fault().code == errc::denied);
  }
  SUBCASE("unknown critical extension") {
    auto what = node_template();
    what.others = {{"1.2.3.4.5", criticality::critical, {0x05, 0x00}}};
    CHECK(chain_outcome(sign_with(pki().nodes, what)) == errc::denied);
    what.others[0].how = criticality::not_critical;
    CHECK(chain_outcome(sign_with(pki().nodes, what)) == std::nullopt);
  }
}

TEST_CASE("a leaf is not a CA and a CA is not a leaf") {
  // A node signs another "node" with its own certificate.
  const auto node_key = private_key::make_ec(curve::p256);
  const auto honest = sign_with(pki().nodes, node_template(), node_key.pub());
  const auto forged = sign_certificate(node_template(), some_key().pub(), &honest, node_key).value();
  const std::vector<certificate> sent{honest, pki().nodes.cert()};
  CHECK(verify_chain(forged, sent, pki().anchors(), purpose::node, now).fault().code == errc::untrusted);

  auto what = node_template();
  what.is_ca = true;
  CHECK(chain_outcome(sign_with(pki().nodes, what)) == errc::denied);
  CHECK(chain_outcome(pki().nodes.cert()) == errc::denied);
  CHECK(chain_outcome(pki().root.cert()) == errc::denied);

  // Issuers that do not state that they are CAs. From the key usage alone OpenSSL would accept such a root.
  const auto leaf_of_node = sign_with(pki().nodes, node_template());
  const auto unmarked =
      signed_anew(pki().nodes.cert(), pki().root.key(), EVP_sha256(), NID_basic_constraints);
  const auto unmarked_root =
      signed_anew(pki().root.cert(), pki().root.key(), EVP_sha256(), NID_basic_constraints);
  REQUIRE_FALSE(unmarked.fields().is_ca);
  const std::vector<certificate> middle{unmarked};
  const std::vector<certificate> top{unmarked_root};
  CHECK(verify_chain(leaf_of_node, middle, pki().anchors(), purpose::node, now).fault().code
        == errc::untrusted);
  CHECK(verify_chain(leaf_of_node, pki().issuers(), top, purpose::node, now).fault().code == errc::untrusted);

  // An issuer below an issuer, whose path length is 0.
  certificate_template ca;
  ca.common_name = "deeper";
  ca.not_before = now;
  ca.not_after = plus(now, year);
  ca.is_ca = true;
  ca.key_usage = key_usage::ca;
  ca.uris = {"muster:issuer:node"};
  const auto deep_key = private_key::make_ec(curve::p256);
  const auto deep = sign_certificate(ca, deep_key.pub(), &pki().nodes.cert(), pki().nodes.key()).value();
  const auto leaf = sign_certificate(node_template(), some_key().pub(), &deep, deep_key).value();
  const std::vector<certificate> deeper{deep, pki().nodes.cert()};
  CHECK(verify_chain(leaf, deeper, pki().anchors(), purpose::node, now).fault().code == errc::untrusted);
}

TEST_CASE("usage, name and issuer must all match the role") {
  struct row {
    const char* why;
    void (*spoil)(certificate_template&);
  };
  const row rows[] = {
      {"no extended key usage", [](certificate_template& t) { t.extended_key_usages.clear(); }},
      {"server only",
       [](certificate_template& t) { t.extended_key_usages = {std::string{oid::server_auth}}; }},
      {"any usage",
       [](certificate_template& t) { t.extended_key_usages = {std::string{oid::any_extended_key_usage}}; }},
      {"no name", [](certificate_template& t) { t.uris.clear(); }},
      {"two names", [](certificate_template& t) { t.uris.push_back(t.uris.front()); }},
      {"another scheme", [](certificate_template& t) { t.uris = {"http://node/" + std::string{node_hex}}; }},
      {"hub's name", [](certificate_template& t) { t.uris = {"muster:hub:hub-1"}; }},
      {"upper case", [](certificate_template& t) { t.uris = {"muster:node:" + std::string(64, 'A')}; }},
      {"short id", [](certificate_template& t) { t.uris = {"muster:node:" + std::string(63, 'a')}; }},
      {"issuer's name", [](certificate_template& t) { t.uris = {"muster:issuer:node"}; }},
      {"role without id", [](certificate_template& t) { t.uris = {"muster:node:"}; }},
      {"name in the common name only",
       [](certificate_template& t) {
         t.common_name = "muster:node:1";
         t.uris.clear();
       }},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    auto what = node_template();
    row.spoil(what);
    CHECK(chain_outcome(sign_with(pki().nodes, what)) == errc::denied);
  }
  // The issuer for hubs issues a "node" that is correct otherwise.
  CHECK(chain_outcome(sign_with(pki().hubs, node_template())) == errc::denied);
  // The root itself issues one, so the certificate does not name an issuer.
  CHECK(chain_outcome(sign_with(pki().root, node_template())) == errc::denied);
  // An issuer whose usages do not cover the leaf's.
  auto what = node_template();
  what.extended_key_usages = {std::string{oid::server_auth}};
  what.dns_names = {"ras.example"};
  CHECK(chain_outcome(sign_with(pki().nodes, what), purpose::service_tls) == errc::denied);
}

TEST_CASE("the service's name is compared as a whole, without wildcards, and only on a service's chain") {
  const auto verified =
      verify_chain(service_leaf(), pki().issuers(), pki().anchors(), purpose::service_tls, now).value();
  CHECK(verify_service_name(verified, "ras.example").ok());
  CHECK(verify_service_name(verified, "RAS.Example").ok());
  CHECK(verify_service_name(verified, "ras").ok());
  for (const auto* wrong : {"", "ras.exampl", "ras.example.", "xras.example", "*.example", "example"})
    CHECK(verify_service_name(verified, wrong).fault().code == errc::denied);

  auto wild = certificate_template{};
  wild.not_before = now;
  wild.not_after = plus(now, day);
  wild.dns_names = {"*.example"};
  wild.extended_key_usages = {std::string{oid::server_auth}};
  const auto wild_chain = verify_chain(sign_with(pki().services, wild), pki().issuers(), pki().anchors(),
                                       purpose::service_tls, now);
  REQUIRE(wild_chain.ok());
  CHECK_FALSE(verify_service_name(*wild_chain, "ras.example").ok());

  auto node_with_dns = node_template();
  node_with_dns.dns_names = {"ras.example"};
  const auto node_chain = verify_chain(sign_with(pki().nodes, node_with_dns), pki().issuers(),
                                       pki().anchors(), purpose::node, now);
  REQUIRE(node_chain.ok());
  CHECK_FALSE(verify_service_name(*node_chain, "ras.example").ok());
}
