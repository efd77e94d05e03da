#include "crypto/vendor_store.hpp"
#include "tests/crypto/lab_pki.hpp"

#include <algorithm>

using namespace muster;
using namespace muster::crypto;
using namespace muster::crypto::testing;

namespace {

// The public key of "EK EC CA", the test CA that ships with its private key in IBM's software TPM.
const bytes test_ca_x = from_hex("6a19dfc6e090f8db0c70321ef066712221525fae425c80a4eb373734b44f6cfb").value();
const bytes test_ca_y = from_hex("ea4e845d21a9da3f5e134fa7aeefa164343cdbb6c63a3d232054d4de0009df1a").value();

certificate_template ca_template(std::string name) {
  certificate_template out;
  out.common_name = std::move(name);
  out.not_before = now;
  out.not_after = plus(now, year);
  out.is_ca = true;
  out.key_usage = key_usage::ca;
  return out;
}

} // namespace

TEST_CASE("a store separates roots from intermediates, drops repetitions, and reports what it refused") {
  const auto both = pki().root.cert().pem() + pki().nodes.cert().pem();
  const auto leaf = sign_with(pki().nodes, node_template());
  const auto mixed = leaf.pem() + pki().hubs.cert().pem();
  const auto truncated = byte_view{pki().root.cert().der()}.first(100);
  const std::vector<named_bytes> files{
      {"both.pem", as_bytes(both)},   {"again.der", pki().root.cert().der()},
      {"mixed.pem", as_bytes(mixed)}, {"evil\x1b[2J.pem", as_bytes("no certificate")},
      {"truncated.der", truncated},   {"empty", {}},
  };
  const auto store = vendor_store::make(files);
  REQUIRE(store.roots().size() == 1);
  CHECK(store.roots()[0] == pki().root.cert());
  CHECK(store.intermediates().size() == 2);
  REQUIRE(store.refused().size() == 4);
  CHECK(store.refused()[0].name == "mixed.pem");
  CHECK(store.refused()[0].why.code == errc::denied);
  CHECK(store.refused()[1].name == "evil\\x1b[2J.pem");
  CHECK(store.refused()[2].name == "truncated.der");
  CHECK(store.refused()[3].name == "empty");
  CHECK(vendor_store::make({}).roots().empty());
}

TEST_CASE("CAs that lead to no root are named, whatever else has their issuer's name") {
  const auto root_key = private_key::make_ec(curve::p256), upper_key = private_key::make_ec(curve::p256),
             lower_key = private_key::make_ec(curve::p256), other_key = private_key::make_ec(curve::p256);
  const auto root = sign_certificate(ca_template("Root"), root_key.pub(), nullptr, root_key).value();
  const auto upper = sign_certificate(ca_template("Upper"), upper_key.pub(), &root, root_key).value();
  const auto lower = sign_certificate(ca_template("Lower"), lower_key.pub(), &upper, upper_key).value();
  const auto namesake = sign_certificate(ca_template("Root"), other_key.pub(), nullptr, other_key).value();
  const auto rootless = [](std::initializer_list<certificate> cas) {
    std::vector<named_bytes> files;
    for (const auto& one : cas)
      files.push_back({"ca.der", one.der()});
    const auto store = vendor_store::make(files);
    std::vector<std::string> out;
    for (const auto& one : store.rootless())
      out.push_back(one.fields().subject);
    std::ranges::sort(out);
    return out;
  };
  using names = std::vector<std::string>;
  CHECK(rootless({root, upper, lower}).empty());
  CHECK(rootless({lower, upper, root, namesake}).empty());
  CHECK(rootless({upper, lower}) == names{"CN=Lower", "CN=Upper"});
  CHECK(rootless({root, lower}) == names{"CN=Lower"});
  CHECK(rootless({namesake, upper, lower}) == names{"CN=Lower", "CN=Upper"});
  CHECK(rootless({root}).empty());
}

TEST_CASE("check 01: weak CA keys never get into the store") {
  const auto weak = private_key::make_rsa(1024).value();
  const auto root = sign_certificate(ca_template("weak"), weak.pub(), nullptr, weak).value();
  const std::vector<named_bytes> files{{"weak.der", root.der()}};
  const auto store = vendor_store::make(files);
  CHECK(store.roots().empty());
  REQUIRE(store.refused().size() == 1);
  CHECK(store.refused()[0].why.code == errc::denied);
}

TEST_CASE("check 01: the key of a known test CA is refused, whatever its name and signature") {
  const auto key = public_key::from_ec_point(curve::p256, test_ca_x, test_ca_y).value();
  const auto self_made = sign_certificate(ca_template("Honest Vendor"), key, nullptr, some_key()).value();
  const auto under_root = sign_with(pki().root, ca_template("Cross-signed"), key);
  for (const auto* one : {&self_made, &under_root}) {
    CHECK(is_known_test_ca(*one));
    const std::vector<named_bytes> files{{"test-ca", one->der()}};
    const auto store = vendor_store::make(files);
    CHECK(store.roots().empty());
    CHECK(store.intermediates().empty());
    REQUIRE(store.refused().size() == 1);
    CHECK(store.refused()[0].why.code == errc::denied);
  }
  CHECK_FALSE(is_known_test_ca(pki().root.cert()));
}
