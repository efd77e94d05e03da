// Why an EK certificate vouches for nothing, as a value. What breaks if these fail: an operator is told a remedy that
// does not fit, and loosens a rule that had nothing to do with the refusal.
#include "crypto/digest.hpp"
#include "tests/crypto/lab_pki.hpp"

namespace ek_refusal_test {

using namespace muster;
using namespace muster::crypto;
using namespace muster::crypto::testing;

namespace {

using why = ek_refusal_reason;
constexpr tpm_manufacturer_id intel{0x494e5443};
constexpr tpm_manufacturer_id swtpm{0x00001014};

vendor_store store_of(const std::vector<certificate>& cas) {
  std::vector<named_bytes> files;
  for (const auto& ca : cas)
    files.push_back({"ca.der", ca.der()});
  return vendor_store::make(files);
}

ek_refusal refusal(const certificate& leaf, const std::vector<certificate>& sent, const vendor_store& store,
                   const ek_policy& policy = {}, wall_time at = plus(now, day)) {
  auto judged = judge_ek_certificate(leaf, sent, store, policy, at);
  REQUIRE(std::holds_alternative<ek_refusal>(judged));
  const auto plain = verify_ek_certificate(leaf, sent, store, policy, at);
  REQUIRE_FALSE(plain.ok());
  CHECK(plain.fault().check == std::get<ek_refusal>(judged).said.check);
  return std::get<ek_refusal>(judged);
}

certificate ca_named(const std::string& name, const private_key& key, const certificate* issuer,
                     const private_key& signer, unsigned path_length = 3) {
  certificate_template ca;
  ca.common_name = name;
  ca.not_before = now;
  ca.not_after = plus(now, 20 * year);
  ca.is_ca = true;
  ca.path_length = path_length;
  ca.key_usage = key_usage::ca;
  return sign_certificate(ca, key.pub(), issuer, signer).value();
}

certificate_template ek_template() {
  certificate_template out;
  out.not_before = now;
  out.not_after = no_expiry;
  out.key_usage = key_usage::agreement;
  out.extended_key_usages = {std::string{oid::tcg_ek_certificate}};
  out.directory_names = {{std::string{oid::tpm_manufacturer}, "id:494E5443"},
                         {std::string{oid::tpm_model}, "Model"},
                         {std::string{oid::tpm_version}, "id:00010002"}};
  out.alternative_name = criticality::critical;
  return out;
}

} // namespace

TEST_CASE("check 46: each refusal of an EK certificate names its own reason, manufacturer and issuer") {
  const auto vendor = ek_issuer::make("Test", for_years(20)).value();
  const auto pinned = store_of({vendor.root(), vendor.intermediate()});
  const auto leaf = vendor.issue(some_key().pub(), {intel, "m", "id:1"}, now).value();
  const auto soft = vendor.issue(some_key().pub(), {swtpm, "swtpm", "id:1"}, now).value();

  const auto stranger = refusal(soft, {}, pinned);
  CHECK(stranger.why == why::manufacturer);
  CHECK(stranger.manufacturer == swtpm);
  CHECK(stranger.said.check.find("manufacturer id:00001014 is not in admission.manufacturers")
        != std::string::npos);
  CHECK(stranger.said.check.find("swtpm") != std::string::npos);
  // Neither does a missing root hide it, nor does it hide behind one.
  CHECK(refusal(soft, {}, {}).why == why::manufacturer);

  const auto rootless = refusal(leaf, {}, {});
  CHECK(rootless.why == why::no_root);
  CHECK(rootless.manufacturer == intel);
  CHECK(rootless.issuer.find("Test TPM Manufacturing CA") != std::string::npos);
  CHECK(rootless.said.check.find("no root for issuer CN=Test TPM Manufacturing CA") != std::string::npos);
  // With the intermediate, what is missing is the root above it.
  for (const auto& at_hand :
       {refusal(leaf, {vendor.intermediate()}, {}), refusal(leaf, {}, store_of({vendor.intermediate()}))}) {
    CHECK(at_hand.why == why::no_root);
    CHECK(at_hand.subject.find("Test TPM Manufacturing CA") != std::string::npos);
    CHECK(at_hand.issuer.find("Test TPM Root CA") != std::string::npos);
  }
  // A root that is sent along is none of the operator's.
  CHECK(refusal(leaf, {vendor.intermediate(), vendor.root()}, {}).why == why::no_root);

  CHECK(refusal(leaf, {}, pinned, {}, minus(now, day)).why == why::time);
  const auto late = vendor.issue(some_key().pub(), {intel, "m", "id:1"}, plus(now, 30 * year)).value();
  const auto overdue = refusal(late, {}, pinned, {}, plus(now, 31 * year));
  CHECK(overdue.why == why::issuer_time);
  CHECK(overdue.subject.find("Test TPM") != std::string::npos);
}

TEST_CASE("check 46: a CA that may not issue, a wrong usage, a wrong name and a denial are told apart") {
  const auto root_key = private_key::make_ec(curve::p256);
  const auto root = ca_named("Root", root_key, nullptr, root_key, 0); // no CA may be under it
  const auto key = private_key::make_ec(curve::p256);
  const auto middle = ca_named("Middle", key, &root, root_key);
  const auto below = [&](const certificate_template& what) {
    return sign_certificate(what, some_key().pub(), &middle, key).value();
  };
  const auto constrained = refusal(below(ek_template()), {}, store_of({root, middle}));
  CHECK(constrained.why == why::constraint);
  CHECK(constrained.said.check.find("may not issue it") != std::string::npos);

  const auto free_root = ca_named("Root", root_key, nullptr, root_key);
  const auto free_middle = ca_named("Middle", key, &free_root, root_key);
  const auto good = store_of({free_root, free_middle});
  REQUIRE(verify_ek_certificate(below(ek_template()), {}, good, {}, plus(now, day)).ok());
  auto other_usage = ek_template();
  other_usage.extended_key_usages = {std::string{oid::client_auth}};
  CHECK(refusal(below(other_usage), {}, good).why == why::usage);
  auto no_model = ek_template();
  no_model.directory_names.erase(no_model.directory_names.begin() + 1);
  const auto nameless = refusal(below(no_model), {}, good);
  CHECK(nameless.why == why::names);
  CHECK(nameless.manufacturer == intel);
  ek_policy denying;
  denying.denied.issuers = {sha256(free_middle.fields().spki)};
  CHECK(refusal(below(ek_template()), {}, good, denying).why == why::denied);
}

} // namespace ek_refusal_test
