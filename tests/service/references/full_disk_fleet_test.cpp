// What breaks if these fail: an attacker who fills the service's disk is shown as trusted for as long as it
// is full, and no operator hears of it.
#include "tests/service/references/simulated_fleet.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::fleet_test;

namespace {

struct filled_disk_fleet : simulated_fleet {
  filled_disk_fleet() : simulated_fleet{2} {
    attest_all();
    REQUIRE(accept(machines.front()).ok());
    clock->pass(std::chrono::seconds{1});
    attest_all();
    REQUIRE(verdicts()[verdict::affirming] == machines.size());
  }
  /// Whether its attestation reaches the record now.
  bool attests(machine& one) {
    open(one);
    return attest_on_open(one).ok();
  }
};

} // namespace

TEST_CASE(
    "check 30: an implant that is found while the disk is full is shown, and the service is not ready") {
  filled_disk_fleet fleet;
  auto& bad = fleet.machines.back();
  CHECK(fleet.shown(bad) == "trusted");
  CHECK(fleet.storing().ok());
  CHECK(fleet.affected() == 0);
  fleet.fill_disk(true);
  appraisal::samples::push_file(bad.used, "/usr/bin/implant", "an implant");
  CHECK_FALSE(fleet.attests(bad));
  CHECK(fleet.state_of(bad).verdict == verdict::affirming); // the record cannot say so
  CHECK(fleet.shown(bad) == "untrusted");
  CHECK(fleet.affected() == 1);
  CHECK(fleet.shown(fleet.machines.front()) == "trusted");
  CHECK_FALSE(fleet.storing().ok());
  // What happens once the disk has room again is on record, and is shown from there.
  fleet.fill_disk(false);
  CHECK(fleet.attests(bad));
  CHECK(fleet.state_of(bad).verdict == verdict::contraindicated);
  CHECK(fleet.shown(bad) == "untrusted");
  CHECK(fleet.storing().ok());
}

TEST_CASE("check 30: good news that comes while the disk is full is not shown until it is on record") {
  filled_disk_fleet fleet;
  auto& mended = fleet.machines.back();
  appraisal::samples::push_file(mended.used, "/usr/bin/implant", "an implant");
  REQUIRE(fleet.attests(mended));
  REQUIRE(fleet.shown(mended) == "untrusted");
  mended.reboot();
  fleet.open(mended);
  fleet.fill_disk(true);
  CHECK_FALSE(fleet.attest_on_open(mended).ok());
  CHECK(fleet.shown(mended) == "untrusted");
  fleet.fill_disk(false);
  CHECK(fleet.attests(mended));
  CHECK(fleet.shown(mended) == "trusted");
}

TEST_CASE("a policy that a full disk rejected comes into force when there is room, without another reload") {
  filled_disk_fleet fleet;
  appraisal::policy other;
  other.files = appraisal::file_mode::known_only;
  const auto wanted = appraisal::digest_of(other);
  fleet.fill_disk(true);
  fleet.order(other);
  // Waits until it was tried: no event shows when.
  for (const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{500};
       std::chrono::steady_clock::now() < end;)
    fleet.tick();
  CHECK(fleet.policy_on_record() != wanted);
  fleet.fill_disk(false);
  for (const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
       fleet.policy_on_record() != wanted && std::chrono::steady_clock::now() < end;)
    fleet.tick();
  CHECK(fleet.policy_on_record() == wanted);
}
