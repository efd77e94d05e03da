// Enrolled machines whose vendor or operator withdraws trust. What breaks if these fail: a leaked vendor key
// or a stolen chip stays trusted until each machine is revoked by hand.
#include "crypto/ek_issuer.hpp"
#include "tests/service/references/simulated_fleet.hpp"
#include "tests/tpm/evidence/soft_tpm.hpp"

#include <doctest/doctest.h>

namespace vouching_fleet_test {

using namespace muster;
using namespace muster::service;
using namespace muster::service::fleet_test;

namespace {

constexpr wall_time made{1'600'000'000'000};
constexpr std::uint64_t year = 365UL * 86'400'000;

/// Three trusted machines of group web. A vendor vouches for the first two; a person approved all three.
struct vouched_fleet : simulated_fleet {
  crypto::ek_issuer vendor = crypto::ek_issuer::make("Test", {made, {made.milliseconds + 20 * year}}).value();

  vouched_fleet() : simulated_fleet{3} {
    for (auto& one : machines) {
      const testing::soft_tpm chip;
      auto node = node_of(one);
      node.ek_public = to_bytes(chip.ek().raw());
      node.ek_chain = {
          vendor.issue(chip.checked_ek().key(), {{0x49465800}, "SLB", "id:0007003E"}, made)->der(),
          vendor.intermediate().der()};
      node.admission_level = endorsement::operator_approved;
      node.level = endorsement::vendor;
      lay_node(node);
    }
    attest_all();
    REQUIRE(accept(machines[0]).ok());
    clock->pass(std::chrono::seconds{1});
    vouch_by(trusting());
    attest_all();
    REQUIRE(verdicts()[verdict::affirming] == machines.size());
  }

  vendor_trust trusting() const {
    vendor_trust out;
    const std::vector<crypto::named_bytes> files{{"root.der", vendor.root().der()}};
    out.store = crypto::vendor_store::make(files);
    return out;
  }
  service::node_record node_of(const machine& one) const {
    return node_from(one.id, reader().get<tables::nodes>(one.id).value()).value();
  }
  /// Waits without new evidence from any machine; gives up after a minute.
  bool becomes(const machine& one, verdict wanted) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
    while (state_of(one).verdict != wanted && std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    return state_of(one).verdict == wanted;
  }
};

bool has(const node_state& state, std::string_view check) {
  return std::ranges::any_of(state.findings, [&](const auto& one) { return one.check == check; });
}

} // namespace

TEST_CASE("check 01: a denial reaches an enrolled machine with one reload, and ends with another") {
  vouched_fleet fleet;
  auto& stolen = fleet.machines[0];
  auto& other = fleet.machines[1];
  auto trust = fleet.trusting();
  trust.policy.denied.eks = {crypto::sha256(fleet.node_of(stolen).ek_public)};
  fleet.vouch_by(trust);
  CHECK(fleet.becomes(stolen, verdict::contraindicated));
  CHECK(fleet.node_of(stolen).denied);
  CHECK(has(fleet.state_of(stolen), "identity.denied"));
  CHECK(fleet.state_of(other).verdict == verdict::affirming);
  // Neither an attestation nor a reboot ends the distrust.
  fleet.attest({&stolen});
  stolen.reboot();
  fleet.attest({&stolen});
  CHECK(fleet.state_of(stolen).verdict == verdict::contraindicated);
  CHECK(has(fleet.state_of(stolen), "identity.denied"));

  fleet.vouch_by(fleet.trusting());
  CHECK(fleet.becomes(stolen, verdict::affirming));
  CHECK_FALSE(has(fleet.state_of(stolen), "identity.denied"));
  CHECK(fleet.node_of(stolen).level == endorsement::vendor);
}

TEST_CASE("check 01: a machine whose vendor is removed falls back to its approval, and the reason is shown") {
  vouched_fleet fleet;
  fleet.vouch_by({});
  for (const auto& one : fleet.machines) {
    CHECK(fleet.becomes(one, verdict::warning));
    CHECK(fleet.node_of(one).level == endorsement::operator_approved);
    REQUIRE(has(fleet.state_of(one), "identity.not-vouched"));
  }
  CHECK(fleet.audited("vouching"));
  fleet.restart();
  CHECK(fleet.state_of(fleet.machines[0]).verdict == verdict::warning);
  fleet.vouch_by(fleet.trusting());
  CHECK(fleet.becomes(fleet.machines[0], verdict::affirming));
  CHECK_FALSE(has(fleet.state_of(fleet.machines[0]), "identity.not-vouched"));
}

TEST_CASE("check 40: an EK that is on record, or was revoked, is not admitted again under its other y") {
  simulated_fleet fleet{1};
  const testing::soft_tpm chip{tpm::ek_template::l2_p256};
  const auto key = tpm::verify_ek_form(chip.ek());
  REQUIRE(key.ok());
  const auto other = key->mirrored_id().value();
  proven_machine who;
  who.id = key->id();
  who.ek_public = to_bytes(chip.ek().raw());
  who.source = "192.0.2.1";
  const auto asks = [&] { return fleet.ask_about<admission_reply>(fleet.core().trust, who); };
  const auto refused_as_other = [&] {
    const auto answer = asks();
    return !answer && answer.fault().code == errc::denied
           && answer.fault().check.find("on record as " + to_string(other)) != std::string::npos;
  };
  write_batch revoked;
  revoked.put<tables::revocations>(other,
                                   make_record<records::Revocation>([](records::Revocation::Builder) {}));
  fleet.lay(std::move(revoked));
  CHECK(refused_as_other());
  write_batch pardoned;
  pardoned.erase<tables::revocations>(other);
  fleet.lay(std::move(pardoned));
  service::node_record twin;
  twin.id = other;
  twin.standing = standing::enrolled;
  twin.group = group;
  fleet.lay_node(twin);
  CHECK(refused_as_other());
  write_batch forgotten;
  forgotten.erase<tables::nodes>(other);
  fleet.lay(std::move(forgotten));
  const auto now = asks();
  CHECK_MESSAGE(now.ok(), now.fault().check);
}

} // namespace vouching_fleet_test
