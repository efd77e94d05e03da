// Denials of chips and certificates whose vendor signatures are good. What breaks if these fail: a leaked
// intermediate, a stolen EK or a chip with a known flaw vouches for any machine that has it.
#include "crypto/digest.hpp"
#include "crypto/pem.hpp"
#include "tests/crypto/lab_pki.hpp"
#include "tests/crypto/revoking.hpp"
#include "tests/crypto/twins.hpp"

using namespace muster;
using namespace muster::crypto;
using namespace muster::crypto::testing;

namespace {

constexpr tpm_manufacturer_id infineon{0x49465800};

const ek_issuer& maker() {
  static const auto one = ek_issuer::make("Test", for_years(20)).value();
  return one;
}

certificate ek_of(const ek_issuer& by, std::string version = "id:0007003E") {
  return by.issue(some_key().pub(), {infineon, "SLB", std::move(version)}, now).value();
}

std::string pem_of(const bytes& list) { return to_pem("X509 CRL", list); }

vendor_store store_with(const std::vector<bytes>& more, bool pin_intermediate = true) {
  std::vector<named_bytes> files{{"root.der", maker().root().der()}};
  if (pin_intermediate) files.push_back({"intermediate.der", maker().intermediate().der()});
  for (const auto& one : more)
    files.push_back({"list.crl", one});
  return vendor_store::make(files);
}

std::string outcome(const certificate& leaf, const vendor_store& store, const ek_policy& policy = {},
                    std::span<const certificate> sent_along = {}) {
  const auto verified = verify_ek_certificate(leaf, sent_along, store, policy, plus(now, day));
  if (verified) return "believed";
  const auto& why = verified.fault().check;
  return (why.starts_with("ek-certificate: denied: ") ? "denied: " : "not believed: ") + why;
}

bool holds(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

} // namespace

TEST_CASE("check 01: an operator can deny one chip, one certificate, one key, or old firmware") {
  const auto leaf = ek_of(maker());
  const auto store = store_with({});
  CHECK(outcome(leaf, store) == "believed");
  const auto with = [&](const std::function<void(ek_denials&)>& put) {
    ek_policy policy;
    put(policy.denied);
    return outcome(leaf, store, policy);
  };
  for (const auto* one : {&leaf, &maker().intermediate(), &maker().root()}) {
    CAPTURE(one->fields().subject);
    CHECK(holds(with([&](auto& d) { d.certificates = {sha256(one->der())}; }), "denied: "));
    CHECK(holds(with([&](auto& d) { d.issuers = {sha256(one->fields().spki)}; }), "denied: "));
  }
  CHECK(with([](auto& d) { d.certificates = {sha256(pki().root.cert().der())}; }) == "believed");
  CHECK(denial_of_ek({{sha256(bytes{1})}, {}, {}, {}}, sha256(bytes{1})).has_value());
  CHECK_FALSE(denial_of_ek({{sha256(bytes{1})}, {}, {}, {}}, sha256(bytes{2})).has_value());

  // The certificate says 7.62.
  const auto bound = [&](const char* below, tpm_manufacturer_id of = infineon) {
    return with([&](auto& d) { d.firmware = {{of, firmware_version_from(below).value()}}; });
  };
  CHECK(bound("7.62") == "believed");
  CHECK(holds(bound("7.63"), "the TPM's firmware is 7.62.0.0, of id:49465800 below 7.63.0.0"));
  CHECK(bound("7.63", tpm_manufacturer_id{0x494e5443}) == "believed");
  // A version that the vendor wrote in another form is not guessed; the quote decides.
  ek_policy policy;
  policy.denied.firmware = {{infineon, firmware_version_from("99").value()}};
  CHECK(outcome(ek_of(maker(), "id:13"), store, policy) == "believed");
}

TEST_CASE(
    "check 01: a listed certificate is denied whoever made its signature, and the list may name its twin") {
  const auto leaf = ek_of(maker());
  const auto leaf_twin = certificate::from_der(twin_of(leaf)).value();
  const auto& ca = maker().intermediate();
  const auto ca_twin = certificate::from_der(twin_of(ca)).value();
  REQUIRE(outcome(leaf_twin, store_with({})) == "believed");
  const auto with = [&](const certificate& listed, const certificate& one, const certificate& sent_along) {
    ek_policy policy;
    policy.denied.certificates = {sha256(listed.der())};
    const std::vector<certificate> along{sent_along};
    return outcome(one, store_with({}, false), policy, along);
  };
  for (const auto* listed : {&leaf, &leaf_twin})
    for (const auto* one : {&leaf, &leaf_twin})
      CHECK(holds(with(*listed, *one, ca), "denied: "));
  for (const auto* listed : {&ca, &ca_twin})
    for (const auto* along : {&ca, &ca_twin})
      CHECK(holds(with(*listed, leaf, *along), "denied: "));
  CHECK(with(ek_of(maker()), leaf, ca) == "believed");
}

// A denied certificate must not become good again because another one is left out, or because time passes.
TEST_CASE("check 39: a denial holds whether or not the certificate verifies") {
  const auto leaf = ek_of(maker());
  const auto& ca = maker().intermediate();
  const auto store = store_with({list_of(ca, maker().key(), {leaf}, now)});
  const auto bare = store_with({}, false);
  const auto said = [](std::span<const certificate> own, std::span<const certificate> others,
                       const vendor_store& by, const std::function<void(ek_denials&)>& put) {
    ek_policy policy;
    put(policy.denied);
    return denial_of_ek_certificates(own, others, by, policy).value_or("not denied");
  };
  const std::vector<certificate> own{leaf};
  const std::vector<certificate> along{ca};
  const auto nothing = [](ek_denials&) {};
  const auto of_leaf = [&](ek_denials& d) { d.certificates = {sha256(leaf.der())}; };
  const auto of_ca = [&](ek_denials& d) { d.certificates = {sha256(ca.der())}; };
  const auto of_key = [&](ek_denials& d) { d.issuers = {sha256(ca.fields().spki)}; };
  CHECK(said(own, along, bare, nothing) == "not denied");
  // There is no path, because the intermediate or every root is missing.
  CHECK(holds(said(own, {}, bare, of_leaf), "admission.deny.certificates has the EK's certificate"));
  CHECK(holds(said(own, {}, {}, of_leaf), "admission.deny.certificates has the EK's certificate"));
  CHECK(holds(said(own, along, {}, of_ca), "admission.deny.certificates has the CA"));
  CHECK(holds(said(own, along, {}, of_key), "admission.deny.issuers has the key of the CA"));
  // The machine did not send the CA, but the operator has it.
  CHECK(holds(said(own, {}, store_with({}), of_ca), "admission.deny.certificates has the CA"));
  CHECK(holds(said(own, {}, store, nothing), "revokes the EK's certificate"));
  CHECK(holds(said(own, along, store_with({list_of(ca, maker().key(), {leaf}, now)}, false), nothing),
              "revokes the EK's certificate"));
  const auto of_ca_alone = list_of(ca, maker().key(), {leaf}, now);
  const std::vector<named_bytes> rootless{{"intermediate.der", ca.der()}, {"list.crl", of_ca_alone}};
  CHECK(holds(said(own, {}, vendor_store::make(rootless), nothing), "revokes the EK's certificate"));
  // One denied certificate of several is enough, in any order.
  const auto another = ek_of(maker());
  for (const auto& some : {std::vector{leaf, another}, std::vector{another, leaf}})
    CHECK(holds(said(some, along, bare, of_leaf), "admission.deny.certificates has the EK's certificate"));
  CHECK(said(std::vector{another}, along, bare, of_leaf) == "not denied");
  ek_policy policy;
  policy.denied.firmware = {{infineon, firmware_version_from("7.63").value()}};
  CHECK(denial_of_certified_firmware(own, policy).has_value());
  CHECK_FALSE(denial_of_certified_firmware(std::vector{ek_of(maker(), "id:00070040")}, policy).has_value());
  CHECK_FALSE(denial_of_certified_firmware(std::vector{ek_of(maker(), "id:13")}, policy).has_value());
}

TEST_CASE("a firmware version is four numbers") {
  CHECK(firmware_version_from("7.85.4555.0")->value == 0x0007'0055'11cb'0000);
  CHECK(firmware_version_from("7.85")->value == 0x0007'0055'0000'0000);
  CHECK(to_string(*firmware_version_from("7.85.4555")) == "7.85.4555.0");
  for (const auto* wrong : {"", ".", "7.", ".7", "7.a", "65536", "-1", "1.2.3.4.5", "7 .1"})
    CHECK_FALSE_MESSAGE(firmware_version_from(wrong).has_value(), wrong);
  CHECK(certified_version_from("id:0007003E")->value == 0x0007'003e'0000'0000);
  for (const auto* other : {"", "id:", "id:13", "id:0007003E00", "0007003E"})
    CHECK_FALSE_MESSAGE(certified_version_from(other).has_value(), other);
}

TEST_CASE("check 01: a certificate that a vendor's list revokes vouches for nothing, even if a candidate "
          "sends it along") {
  const auto leaf = ek_of(maker());
  const auto& ca = maker().intermediate();
  const auto of_ca = list_of(ca, maker().key(), {leaf}, now);
  for (const auto& file : {of_ca, to_bytes(as_bytes(pem_of(of_ca)))}) {
    const auto store = store_with({file});
    CHECK(store.refused().empty());
    REQUIRE(store.revocations().size() == 1);
    CHECK(store.revocations()[0].next_update() == plus(now, 7 * day));
    CHECK(holds(outcome(leaf, store), "revokes the EK's certificate"));
    CHECK(outcome(ek_of(maker()), store) == "believed");
  }
  // A leaked intermediate that is not pinned comes with the candidate.
  const std::vector<certificate> along{ca};
  const auto unpinned = [&](const std::vector<bytes>& lists) {
    return outcome(leaf, store_with(lists, false), {}, along);
  };
  CHECK(unpinned({}) == "believed");
  CHECK(holds(unpinned({of_ca}), "denied: "));
  const auto other = private_key::make_ec(curve::p256);
  // Only the CA's own list counts.
  CHECK(unpinned({list_of(ca, other, {leaf}, now)}) == "believed");
  CHECK(unpinned({list_of(pki().root.cert(), pki().root.key(), {leaf}, now)}) == "believed");
}

TEST_CASE("check 01: a list that is years overdue still revokes, and its entries do not become valid again") {
  const auto leaf = ek_of(maker());
  const auto store = store_with({list_of(maker().intermediate(), maker().key(), {leaf}, minus(now, year))});
  CHECK(holds(outcome(leaf, store), "denied: "));
  CHECK(outcome(ek_of(maker()), store) == "believed");
  CHECK(store.revocations()[0].next_update() < now);
}

TEST_CASE("a file that is neither a certificate nor a list is refused by name") {
  auto broken = list_of(maker().intermediate(), maker().key(), {}, now);
  broken.push_back(0);
  for (const auto& file :
       {bytes{}, bytes{1, 2, 3}, broken, to_bytes(as_bytes("-----BEGIN X509 CRL-----\n"))}) {
    const auto store = store_with({file});
    CHECK(store.revocations().empty());
    REQUIRE(store.refused().size() == 1);
    CHECK(store.refused()[0].name == "list.crl");
  }
}
