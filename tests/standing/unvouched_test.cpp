// Why no vendor vouches, in words. What breaks if these fail: an operator is told to trust another root or another maker
// although that was not the reason.
#include "crypto/certificate_template.hpp"
#include "crypto/digest.hpp"
#include "crypto/ek_issuer.hpp"
#include "standing/unvouched.hpp"
#include "tests/tpm/evidence/soft_tpm.hpp"

#include <doctest/doctest.h>

namespace unvouched_test {

using namespace muster;
using namespace muster::service;

namespace {

constexpr std::uint64_t year = 365UL * 86'400'000;
constexpr wall_time made{1'767'225'600'000};
constexpr wall_time later{made.milliseconds + 86'400'000};
constexpr crypto::tpm_manufacturer_id infineon{0x49465800};
constexpr crypto::tpm_manufacturer_id swtpm{0x00001014};
constexpr crypto::tpm_manufacturer_id nobody{0x12345678};

const crypto::ek_issuer& vendor() {
  static const auto one = crypto::ek_issuer::make("Test", {made, {made.milliseconds + 20 * year}}).value();
  return one;
}

const tpm::ek_public& ek() {
  static const auto one = testing::soft_tpm{}.checked_ek();
  return one;
}

bytes certificate_by(crypto::tpm_manufacturer_id maker) {
  return vendor().issue(ek().key(), {maker, "m", "id:0007003E"}, made)->der();
}

/// A machine that waits, with the certificates that it showed.
node_record waiting(std::vector<bytes> chain) {
  node_record out;
  out.id = ek().id();
  out.candidate.emplace();
  out.candidate->ek_public = to_bytes(ek().area().raw());
  out.candidate->ek_chain = std::move(chain);
  return out;
}

vendor_trust trusting() {
  vendor_trust out;
  const std::vector<crypto::named_bytes> files{{"root.der", vendor().root().der()},
                                               {"ca.der", vendor().intermediate().der()}};
  out.store = crypto::vendor_store::make(files);
  return out;
}

unvouched told(const node_record& node, const vendor_trust& trust, wall_time at = later) {
  const auto said = why_unvouched(node, trust, at);
  REQUIRE(said.has_value());
  return *said;
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("check 46: a maker that the list refuses is told as that, and is no occasion to add roots") {
  for (const auto maker : {swtpm, nobody}) {
    CAPTURE(to_string(maker));
    const auto node = waiting({certificate_by(maker)});
    for (const auto& trust : {trusting(), vendor_trust{}}) {
      const auto said = told(node, trust);
      CHECK(holds(said.why, "manufacturer " + to_string(maker) + " is not in admission.manufacturers"));
      CHECK(holds(said.remedy, "add \"" + to_string(maker) + "\" to admission.manufacturers"));
      CHECK(holds(said.remedy, "replaces the default"));
      CHECK_FALSE(holds(said.remedy, "vendor_roots"));
      CHECK_FALSE(holds(said.why, "vendor_roots"));
    }
  }
  const auto said = told(waiting({certificate_by(swtpm)}), trusting());
  CHECK(holds(said.why, "swtpm"));
  CHECK(holds(said.remedy, "the host that runs it"));
  // With the maker in the list nothing is left to say.
  auto listed = trusting();
  listed.policy.manufacturers.push_back(swtpm);
  CHECK_FALSE(why_unvouched(waiting({certificate_by(swtpm)}), listed, later).has_value());
}

TEST_CASE("check 46: a missing root is told with its issuer and the place where the vendor publishes it") {
  const auto node = waiting({certificate_by(infineon), vendor().intermediate().der()});
  CHECK_FALSE(why_unvouched(node, trusting(), later).has_value());
  const auto said = told(node, {});
  CHECK(holds(said.why, "no root for issuer CN=Test TPM Root CA is in admission.vendor_roots"));
  CHECK(holds(said.remedy, "CN=Test TPM Root CA"));
  CHECK(holds(said.remedy, "admission.vendor_roots"));
  CHECK(holds(said.remedy, "https://pki.infineon.com/"));
  CHECK_FALSE(holds(said.remedy, "admission.manufacturers"));
}

TEST_CASE("check 46: no certificate, an expired one, one that cannot be read and a denied one have other "
          "remedies") {
  CHECK(holds(told(waiting({}), trusting()).why, "showed no EK certificate"));
  CHECK(holds(told(waiting({vendor().intermediate().der()}), trusting()).why, "only certificates of CAs"));
  const auto early = told(waiting({certificate_by(infineon)}), trusting(), {made.milliseconds - 86'400'000});
  CHECK(holds(early.why, "has ended, or is not valid yet"));
  CHECK(holds(early.remedy, "clock"));
  auto denying = trusting();
  denying.policy.denied.eks = {ek().id().raw};
  const auto denied = told(waiting({certificate_by(infineon)}), denying);
  CHECK(holds(denied.why, "admission.deny.eks"));
  CHECK(holds(denied.remedy, "admission.deny"));
  for (const auto& said : {early, denied}) {
    CHECK_FALSE(holds(said.remedy, "vendor_roots"));
    CHECK_FALSE(holds(said.remedy, "admission.manufacturers"));
  }
}

TEST_CASE(
    "check 46: what an enrolled machine and its candidate showed counts together, by what is in force now") {
  auto node = waiting({vendor().intermediate().der()});
  node.standing = standing::enrolled;
  node.ek_public = node.candidate->ek_public;
  node.ek_chain = {certificate_by(infineon)};
  vendor_trust root_only;
  const std::vector<crypto::named_bytes> files{{"root.der", vendor().root().der()}};
  root_only.store = crypto::vendor_store::make(files);
  CHECK_FALSE(why_unvouched(node, root_only, later).has_value());
  node.candidate.reset();
  CHECK(why_unvouched(node, root_only, later).has_value());
}

TEST_CASE("an approval is offered as a whole command, and only while it is awaited and no certificate speaks "
          "against the key") {
  auto node = waiting({certificate_by(swtpm)});
  const auto& who = *node.candidate;
  const auto command = "muster node approve " + to_string(node.id).substr(0, 8) + " --fingerprint "
                       + to_hex(fingerprint_of(who.ek_public, who.ak_public, who.node_spki))
                       + " --group GROUP";
  CHECK(told(node, trusting()).remedy.ends_with(command));
  CHECK(told(waiting({}), trusting()).remedy.ends_with(command));
  node.candidate->approved_fingerprint = bytes32{};
  CHECK_FALSE(holds(told(node, trusting()).remedy, "approve"));
  auto enrolled = waiting({certificate_by(swtpm)});
  enrolled.ek_public = enrolled.candidate->ek_public;
  enrolled.ek_chain = enrolled.candidate->ek_chain;
  enrolled.candidate.reset();
  enrolled.standing = standing::enrolled;
  CHECK_FALSE(holds(told(enrolled, trusting()).remedy, "approve"));
  auto denying = trusting();
  denying.policy.denied.eks = {ek().id().raw};
  CHECK_FALSE(holds(told(waiting({certificate_by(swtpm)}), denying).remedy, "approve"));
}

TEST_CASE("a certificate of the EK's key that is another kind of certificate is named as that") {
  crypto::certificate_template what;
  what.not_before = made;
  what.not_after = {made.milliseconds + year};
  what.extended_key_usages = {"1.3.6.1.5.5.7.3.1"};
  what.common_name = "server";
  const auto other =
      crypto::sign_certificate(what, ek().key(), &vendor().intermediate(), vendor().key()).value();
  const auto said = told(waiting({other.der()}), trusting());
  CHECK(said.why == "this is not an EK certificate but the certificate of a TLS server");
  CHECK_FALSE(holds(said.remedy, "approve"));
}

TEST_CASE("all that keeps a certificate from being believed is said at once") {
  const auto said = told(waiting({certificate_by(infineon)}), {}, {made.milliseconds - 1});
  for (const auto* part : {"is not valid yet", "no root for issuer"})
    CHECK_MESSAGE(holds(said.why, part), said.why);
  for (const auto* part : {"check the clock", "admission.vendor_roots"})
    CHECK_MESSAGE(holds(said.remedy, part), said.remedy);
  // Whether the maker is trusted comes before its roots.
  const auto refused = told(waiting({certificate_by(nobody)}), {}, {made.milliseconds - 1});
  CHECK(holds(refused.why, "is not valid yet"));
  CHECK(holds(refused.why, "is not in admission.manufacturers"));
  CHECK_FALSE(holds(refused.remedy, "vendor_roots"));
}

} // namespace unvouched_test
