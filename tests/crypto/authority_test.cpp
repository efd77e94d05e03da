#include "tests/crypto/lab_pki.hpp"

using namespace muster;
using namespace muster::crypto;
using namespace muster::crypto::testing;

TEST_CASE("certificates begin five minutes early, never outlive their issuer, and never share a serial") {
  const auto one =
      pki().nodes.issue_node(node(), some_key().pub(), {plus(now, day), plus(now, 8 * day)}).value();
  CHECK(one.fields().not_before == minus(plus(now, day), 300 * second));
  CHECK(one.fields().not_after == plus(now, 8 * day));
  const auto two = pki().nodes.issue_node(node(), some_key().pub(), for_years(100)).value();
  CHECK(two.fields().not_after == pki().nodes.cert().fields().not_after);
  CHECK(one.fields().serial.size() == 20);
  CHECK(one.fields().serial != two.fields().serial);
  CHECK(two.key().ec_curve() == curve::p256);
}

TEST_CASE("an issuer that is not valid now issues nothing") {
  const auto at = plus(now, 6 * year);
  CHECK(pki().nodes.issue_node(node(), some_key().pub(), {at, plus(at, day)}).fault().code == errc::expired);
  const auto before = minus(now, year);
  CHECK(pki().nodes.issue_node(node(), some_key().pub(), {before, at}).fault().code == errc::expired);
  CHECK(pki().nodes.issue_node(node(), some_key().pub(), {plus(now, day), now}).fault().code
        == errc::expired);
}

TEST_CASE("each issuer issues for its role only, and only to ids of that role") {
  const auto& key = some_key().pub();
  const std::vector<std::string> names{"ras.example"};
  CHECK(pki().hubs.issue_node(node(), key, for_days(7)).fault().code == errc::denied);
  CHECK(pki().nodes.issue(purpose::hub, "hub", key, for_days(7)).fault().code == errc::denied);
  CHECK(pki().root.issue_node(node(), key, for_days(7)).fault().code == errc::denied);
  CHECK(pki().nodes.issue_service(names, key, for_days(7)).fault().code == errc::denied);
  CHECK(pki().services.issue(purpose::service_tls, "x", key, for_days(7)).fault().code == errc::denied);
  CHECK(pki().nodes.make_issuer(purpose::node, "x", for_days(7)).fault().code == errc::denied);

  for (const auto* id : {"", "a b", "a:b", "a/b", "\xc3\xa4"})
    CHECK(pki().hubs.issue(purpose::hub, id, key, for_days(7)).fault().code == errc::malformed);
  CHECK(pki().hubs.issue(purpose::hub, std::string(65, 'a'), key, for_days(7)).fault().code
        == errc::malformed);
  CHECK(pki().nodes.issue(purpose::node, "abc", key, for_days(7)).fault().code == errc::malformed);

  CHECK(pki().services.issue_service({}, key, for_days(7)).fault().code == errc::malformed);
  for (const std::string bad : {"", "*.example", "a b", "a,b"}) {
    const std::vector<std::string> list{bad};
    CHECK(pki().services.issue_service(list, key, for_days(7)).fault().code == errc::malformed);
  }
  const std::vector<std::string> many(17, "a.example");
  CHECK(pki().services.issue_service(many, key, for_days(7)).fault().code == errc::malformed);
}

TEST_CASE("an authority comes back from its files with its role") {
  for (const auto* one : {&pki().root, &pki().nodes, &pki().services}) {
    const auto back = authority::from_pem(one->cert().pem(), one->key().pem());
    REQUIRE(back.ok());
    CHECK(back->cert() == one->cert());
    CHECK(back->issues() == one->issues());
  }
  const auto back = authority::from_pem(pki().nodes.cert().pem(), pki().nodes.key().pem()).value();
  const auto leaf = back.issue_node(node(), some_key().pub(), for_days(7)).value();
  CHECK(verify_chain(leaf, pki().issuers(), pki().anchors(), purpose::node, now).ok());
}

TEST_CASE("files that do not form an authority are refused") {
  const auto root = pki().root.cert().pem();
  const auto key = pki().root.key().pem();
  CHECK(authority::from_pem(root, pki().nodes.key().pem()).fault().code == errc::mismatch);
  CHECK_FALSE(authority::from_pem("", key).ok());
  CHECK_FALSE(authority::from_pem(root, "").ok());
  CHECK_FALSE(authority::from_pem(key, root).ok());
  const auto leaf = sign_with(pki().nodes, node_template());
  CHECK(authority::from_pem(leaf.pem(), some_key().pem()).fault().code == errc::denied);
  auto nameless = node_template();
  nameless.is_ca = true;
  nameless.uris.clear();
  CHECK(authority::from_pem(sign_with(pki().root, nameless).pem(), some_key().pem()).fault().code
        == errc::denied);
}
