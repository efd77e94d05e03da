// Who vouches for a machine on record. What breaks if these fail: a vendor's root, an intermediate or a chip
// was removed, but machines that are already enrolled keep the level that it gave them.
#include "crypto/digest.hpp"
#include "crypto/ek_issuer.hpp"
#include "standing/admission.hpp"
#include "standing/decision.hpp"
#include "standing/vouching.hpp"
#include "tests/tpm/evidence/soft_tpm.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

constexpr wall_time made{1'767'225'600'000};
constexpr wall_time later{1'767'225'600'000 + 86'400'000};
constexpr std::uint64_t year = 365UL * 86'400'000;
constexpr crypto::tpm_manufacturer_id infineon{0x49465800};

const crypto::ek_issuer& vendor() {
  static const auto one = crypto::ek_issuer::make("Test", {made, {made.milliseconds + 20 * year}}).value();
  return one;
}

const tpm::ek_public& ek() {
  static const auto one = [] {
    const testing::soft_tpm chip;
    return chip.checked_ek();
  }();
  return one;
}

/// A machine that an operator admitted, and that its vendor vouches for.
node_record vouched_machine() {
  node_record out;
  out.id = ek().id();
  out.standing = standing::enrolled;
  out.ek_public = to_bytes(ek().area().raw());
  out.ek_chain = {vendor().issue(ek().key(), {infineon, "SLB", "id:0007003E"}, made)->der(),
                  vendor().intermediate().der()};
  out.admission_level = endorsement::operator_approved;
  out.level = endorsement::vendor;
  return out;
}

vendor_trust trusting(bool root = true) {
  vendor_trust out;
  const std::vector<crypto::named_bytes> files{{"root.der", vendor().root().der()}};
  if (root) out.store = crypto::vendor_store::make(files);
  return out;
}

/// The machine as judged under `trust`.
node_record under(const vendor_trust& trust, node_record node = vouched_machine(), wall_time at = later) {
  const auto said = vouch(node, trust, at);
  REQUIRE_MESSAGE(said.ok(), said.fault().check);
  (void)take_vouching(node, *said);
  return node;
}

} // namespace

TEST_CASE(
    "check 01: vouching is computed from the recorded chain, and ends with the trust that it depends on") {
  const auto node = vouched_machine();
  CHECK(under(trusting()).level == endorsement::vendor);
  CHECK(under(trusting()).doubt.empty());
  CHECK_FALSE(vouching_finding(under(trusting())).has_value());

  const auto without = under(trusting(false));
  CHECK(without.level == endorsement::operator_approved); // the level of its admission
  CHECK_FALSE(without.denied);
  CHECK_FALSE(without.doubt.empty());
  const auto said = vouching_finding(without);
  REQUIRE(said.has_value());
  CHECK(said->level == severity::note);
  CHECK(said->sentence.find(without.doubt) != std::string::npos);
  // Once the root is back, no trace of the doubt is left.
  const auto back = under(trusting(), without);
  CHECK(back.level == endorsement::vendor);
  CHECK_FALSE(vouching_finding(back).has_value());

  auto by_vendor = node;
  by_vendor.admission_level = endorsement::none;
  CHECK(under(trusting(false), by_vendor).level == endorsement::none);
}

TEST_CASE("check 01: an operator's denial also applies to enrolled machines") {
  const auto node = vouched_machine();
  const auto denied_by = [&](const std::function<void(crypto::ek_denials&)>& put) {
    auto trust = trusting();
    put(trust.policy.denied);
    return under(trust, node);
  };
  const std::function<void(crypto::ek_denials&)> ways[] = {
      [&](auto& d) { d.eks = {node.id.raw}; },
      [&](auto& d) { d.certificates = {crypto::sha256(node.ek_chain[0])}; },
      [&](auto& d) { d.issuers = {crypto::sha256(vendor().intermediate().fields().spki)}; },
      [&](auto& d) {
        d.firmware = {{infineon, *crypto::firmware_version_from("7.63")}};
      },
  };
  for (const auto& way : ways) {
    const auto now = denied_by(way);
    CHECK(now.denied);
    CHECK(now.level == endorsement::none);
    CHECK(now.doubt.find("admission.deny.") != std::string::npos);
    const auto said = vouching_finding(now);
    REQUIRE(said.has_value());
    CHECK(said->level == severity::failure);
    CHECK(said->check == "identity.denied");
    CHECK_FALSE(under(trusting(), now).denied);
  }
  // An EK is denied whether or not a vendor vouches for it.
  auto trust = trusting(false);
  trust.policy.denied.eks = {node.id.raw};
  auto bare = node;
  bare.ek_chain.clear();
  CHECK(under(trust, bare).denied);
}

TEST_CASE("check 40: a denial of an EK also denies it with its other y") {
  const auto chip = testing::soft_tpm{tpm::ek_template::l2_p256}.ek();
  const auto key = tpm::verify_ek_form(chip);
  REQUIRE(key.ok());
  auto trust = trusting(false);
  CHECK_FALSE(vouch({}, *key, trust, later)->denied);
  trust.policy.denied.eks = {key->mirrored_id().value().raw};
  CHECK(vouch({}, *key, trust, later)->denied);
  proven_machine who;
  who.ek_public = chip.raw();
  CHECK(other_id_of(who) == key->mirrored_id());
  who.ek_public.pop_back();
  CHECK_FALSE(other_id_of(who).has_value());
}

TEST_CASE("check 01: the firmware that the quote names is judged, not only the certificate's") {
  const testing::soft_tpm chip;
  const auto said = chip.honest(bytes{1}, {}, {});
  auto node = vouched_machine();
  node.ek_chain[0] = vendor().issue(ek().key(), {infineon, "SLB", "id:13"}, made)->der();
  auto trust = trusting();
  trust.policy.denied.firmware = {{infineon, {said.firmware_version + 1}}};
  CHECK_FALSE(vouch(node, trust, later)->denied);
  tpm::pcr_selection all;
  REQUIRE(all.add(hash_algorithm::sha256, tpm::pcr_mask(0, 14)).ok());
  const auto attest = chip.sign(chip.honest(bytes{1}, all, testing::values_for(all))).attest;
  CHECK(firmware_denial(node, attest, trust).has_value());
  trust.policy.denied.firmware = {{infineon, {said.firmware_version}}};
  CHECK_FALSE(firmware_denial(node, attest, trust).has_value());
  trust.policy.denied.firmware = {{crypto::tpm_manufacturer_id{1}, {~std::uint64_t{0}}}};
  CHECK_FALSE(firmware_denial(node, attest, trust).has_value());
  CHECK_FALSE(firmware_denial(node, {}, trust).has_value());
  // Any certificate on record may name the manufacturer, wherever it is in the chain.
  trust.policy.denied.firmware = {{infineon, {said.firmware_version + 1}}};
  const crypto::tpm_manufacturer_id intel{0x494e5443};
  node.ek_chain.insert(node.ek_chain.begin(), vendor().issue(ek().key(), {intel, "I", "id:13"}, made)->der());
  CHECK(firmware_denial(node, attest, trust).has_value());
}

// A machine may leave out or lose a denied certificate. A certificate that it showed once is judged as long
// as the machine is known.
TEST_CASE("check 39: a proof adds to the recorded chain, and removes nothing") {
  const auto known = vouched_machine();
  const auto fresh = vendor().issue(ek().key(), {infineon, "SLB", "id:00080000"}, made)->der();
  const auto proof = [&](const node_record& before, std::vector<bytes> chain, endorsement level) {
    proven_machine who;
    who.id = known.id;
    who.ek_public = known.ek_public;
    who.ak_public = known.ak_public;
    who.ek_chain = std::move(chain);
    who.level = level;
    const auto out = decide_admission(before, false, false, who, {}, {}, later);
    REQUIRE(out.ok());
    REQUIRE(out->kind == admission_kind::admit);
    return *out;
  };
  // A proof that adds nothing changes nothing, however little it shows.
  for (const auto& chain : {std::vector<bytes>{}, std::vector<bytes>{known.ek_chain[0]},
                            std::vector<bytes>{known.ek_chain[1]}, known.ek_chain}) {
    const auto out = proof(known, chain, endorsement::none);
    CHECK(out.node.ek_chain == known.ek_chain);
    CHECK(out.node.level == endorsement::vendor);
    CHECK_FALSE(out.changed);
  }
  auto padded = known.ek_chain;
  padded[0].resize(padded[0].size() + 40, 0xff);
  CHECK(proof(known, padded, endorsement::vendor).node.ek_chain == known.ek_chain);
  CHECK(proof(known, {bytes{1, 2, 3}}, endorsement::none).node.ek_chain == known.ek_chain);

  const auto more = proof(known, {fresh}, endorsement::vendor);
  CHECK(more.changed);
  CHECK(more.node.ek_chain == std::vector<bytes>{known.ek_chain[0], known.ek_chain[1], fresh});

  // The level follows from the record and the trust in force.
  auto unvouched = under(trusting(false));
  CHECK(proof(unvouched, {}, endorsement::none).node.level == endorsement::operator_approved);
  CHECK(proof(unvouched, known.ek_chain, endorsement::vendor).node.level == endorsement::vendor);

  const std::function<void(crypto::ek_denials&)> ways[] = {
      [&](auto& d) { d.certificates = {crypto::sha256(known.ek_chain[0])}; },
      [&](auto& d) { d.certificates = {crypto::sha256(known.ek_chain[1])}; },
      [&](auto& d) { d.issuers = {crypto::sha256(vendor().intermediate().fields().spki)}; },
  };
  for (const auto& way : ways) {
    auto trust = trusting();
    way(trust.policy.denied);
    const auto denied = under(trust, known);
    REQUIRE(denied.denied);
    for (const auto& [chain, level] : {std::pair{std::vector<bytes>{}, endorsement::none},
                                       std::pair{std::vector<bytes>{known.ek_chain[0]}, endorsement::none},
                                       std::pair{std::vector<bytes>{fresh}, endorsement::vendor}}) {
      const auto now = proof(denied, chain, level).node;
      CHECK(now.denied);
      CHECK(now.level == endorsement::none);
      CHECK(now.doubt == denied.doubt);
      CHECK(under(trust, now).denied);
    }
    // Neither time nor the loss of the vendor's root ends the denial; another list does.
    CHECK(under(trust, known, {made.milliseconds + 50 * year}).denied);
    auto rootless = trust;
    rootless.store = {};
    CHECK(under(rootless, known).denied);
    CHECK_FALSE(under(trusting(), denied).denied);
  }
}

TEST_CASE("check 39: certificates that a machine showed while it waited are on record when it is admitted") {
  const auto known = vouched_machine();
  proven_machine who;
  who.id = known.id;
  who.ek_public = known.ek_public;
  who.ak_public = {1};
  who.ek_chain = known.ek_chain;
  who.level = endorsement::none;
  const admission_rules rules;
  auto waits = decide_admission({}, false, false, who, rules, {}, later)->node;
  REQUIRE(waits.candidate.has_value());
  // The machine returns with fewer certificates and another AK.
  who.ek_chain.clear();
  who.ak_public = {2};
  waits = decide_admission(waits, false, false, who, rules, {}, later)->node;
  REQUIRE(waits.candidate.has_value());
  CHECK(waits.candidate->ek_chain == known.ek_chain);
  const auto fingerprint = fingerprint_of(who.ek_public, who.ak_public, who.node_spki);
  const auto approved = approve_candidate(waits, fingerprint, {}, {}, "a", later).value();
  CHECK(decide_admission(approved, false, false, who, rules, {}, later)->node.ek_chain == known.ek_chain);
  // The same holds for admission by vendor.
  admission_rules by_vendor;
  by_vendor.vendor = vendor_admission::automatic;
  who.level = endorsement::vendor;
  const auto admitted = decide_admission(waits, false, false, who, by_vendor, {}, later)->node;
  CHECK(admitted.standing == standing::enrolled);
  CHECK(admitted.ek_chain == known.ek_chain);
  // A new generation of a known machine starts with the certificates that it showed before.
  auto older = known;
  older.ak_public = {9};
  auto next = decide_admission(older, false, false, who, rules, {}, later)->node;
  next = approve_candidate(next, fingerprint, {}, {}, "a", later).value();
  CHECK(decide_admission(next, false, false, who, rules, {}, later)->node.ek_chain == known.ek_chain);
}

TEST_CASE("check 39: worthless certificates do not displace the recorded ones, and the record is bounded") {
  const auto known = vouched_machine();
  std::vector<bytes> shown;
  for (int i = 0; i < 20; ++i)
    shown.push_back(vendor().issue(ek().key(), {infineon, "SLB", "id:13"}, made)->der());
  const auto kept = kept_chain(known.ek_chain, shown);
  CHECK(kept.size() == 9); // one CA, and eight certificates of the EK
  CHECK(std::ranges::equal(std::span{kept}.first(2), known.ek_chain));
  CHECK(kept_chain(kept, shown) == kept);
}

TEST_CASE("check 39: newer firmware in a certificate that verifies replaces what an older one says") {
  auto trust = trusting();
  trust.policy.denied.firmware = {{infineon, *crypto::firmware_version_from("7.63")}};
  auto node = vouched_machine();
  REQUIRE(under(trust, node).denied);
  // A certificate made by the machine itself proves nothing, and ends no denial.
  const auto other = crypto::ek_issuer::make("Other", {made, {made.milliseconds + 20 * year}}).value();
  const auto forged = other.issue(ek().key(), {infineon, "SLB", "id:00080000"}, made)->der();
  node.ek_chain.push_back(forged);
  CHECK(under(trust, node).denied);
  node.ek_chain.push_back(vendor().issue(ek().key(), {infineon, "SLB", "id:00080000"}, made)->der());
  CHECK(under(trust, node).level == endorsement::vendor);
}

TEST_CASE("the finding of a denial follows the record: it appears once, and ends with the denial") {
  node_state state;
  finding other;
  other.check = "event.kexec";
  state.findings = {other};
  state.findings_total = 1;
  auto node = vouched_machine();
  node.denied = true;
  node.doubt = "first";
  renew_vouching_finding(state, node);
  node.doubt = "second";
  renew_vouching_finding(state, node);
  REQUIRE(state.findings.size() == 2);
  CHECK(state.findings_total == 2);
  CHECK(state.findings[0].found == "second");
  node.denied = false;
  node.doubt.clear();
  renew_vouching_finding(state, node);
  CHECK(state.findings == std::vector<finding>{other});
  CHECK(state.findings_total == 1);
}
