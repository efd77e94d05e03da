// What a campaign must not do. What breaks if these fail: a denied or unknown set comes into force, or two
// people change the reference of a group at once.
#include "tests/service/references/campaign_fleet.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::fleet_test;
using namespace muster::service::fleet_test::led;

TEST_CASE(
    "while a campaign is under way nothing else can be accepted, and a second campaign does not start") {
  simulated_fleet fleet{10};
  begin(fleet);
  REQUIRE(fleet.start_campaign(plan_of(fleet)).ok());
  CHECK(code_of(fleet.accept(fleet.machines[0])) == errc::conflict);
  CHECK(code_of(fleet.start_campaign(plan_of(fleet))) == errc::conflict);
  REQUIRE(fleet.step(campaign_verb::end).ok());
  CHECK(fleet.accept(fleet.machines[0]).ok());
  CHECK(fleet.start_campaign(plan_of(fleet)).ok());
  CHECK(code_of(fleet.propose_set(bytes32{9})) == errc::not_found);
}

TEST_CASE("a denied content cannot come back by undoing, accepting or proposing") {
  auto rules = simulated_fleet::quiet_rules();
  rules.guard_percent = 100; // only the deny list can refuse it
  simulated_fleet fleet{10, rules};
  begin(fleet);
  const auto old_set = fleet.state_of(fleet.machines.front()).reference.value();
  upgrade_canaries(fleet, plan_of(fleet));
  REQUIRE(fleet.step(campaign_verb::propose).ok());
  REQUIRE(fleet.step(campaign_verb::stage).ok());
  for (auto& one : fleet.machines)
    upgrade(one);
  fleet.machines.back().files["/usr/bin/program-3"] = 1; // was missed by the upgrade
  fleet.machines.back().reboot();
  fleet.attest_all();
  REQUIRE(fleet.step(campaign_verb::enforce).ok());

  appraisal::policy policy;
  policy.denied.add({hash_algorithm::sha256, appraisal::samples::digest_of("/usr/bin/program-3 version 1"),
                     "CVE-2026-1234"});
  REQUIRE(fleet.reload(policy));
  CHECK(fleet.untrusted() == 1); // found from what is on record
  CHECK(fleet.state_of(fleet.machines.back()).findings.front().check == "ima.denied-file");

  const auto undone = fleet.step(campaign_verb::undo);
  CHECK(code_of(undone) == errc::denied);
  CHECK(why(undone).find("program-3") != std::string::npos);
  CHECK(fleet.phase() == "enforced");
  CHECK(code_of(fleet.accept(fleet.machines.back(), guard::overruled)) == errc::denied);
  CHECK(fleet.untrusted() == 1);

  fleet.clock->pass(std::chrono::seconds{1});
  REQUIRE(fleet.start_campaign(plan_of(fleet)).ok());
  CHECK(code_of(fleet.propose_set(old_set)) == errc::denied);
  fleet.restart();
  CHECK(code_of(fleet.propose_set(old_set)) == errc::denied);
}

TEST_CASE("a set whose content was denied after the proposal is not staged") {
  auto rules = simulated_fleet::quiet_rules();
  rules.guard_percent = 100;
  simulated_fleet fleet{10, rules};
  begin(fleet);
  upgrade_canaries(fleet, plan_of(fleet));
  REQUIRE(fleet.step(campaign_verb::propose).ok());
  appraisal::policy policy;
  policy.denied.add(
      {hash_algorithm::sha256, appraisal::samples::digest_of("/usr/bin/program-3 version 2"), "recalled"});
  REQUIRE(fleet.reload(policy));
  CHECK(code_of(fleet.step(campaign_verb::stage)) == errc::denied);
  CHECK(fleet.phase() == "proposed");
  // Nor can its canaries teach it again.
  CHECK(code_of(fleet.step(campaign_verb::propose)) == errc::denied);
}

TEST_CASE("a staged set that belongs to no campaign stops passing at the next check") {
  simulated_fleet fleet{10};
  begin(fleet);
  upgrade_canaries(fleet, plan_of(fleet));
  REQUIRE(fleet.step(campaign_verb::propose).ok());
  REQUIRE(fleet.step(campaign_verb::stage).ok());
  REQUIRE(fleet.untrusted() == 0);
  fleet.lay_phase(campaign_phase::ended); // a phase that our code never writes here
  fleet.restart();
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (fleet.untrusted() != canaries && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  CHECK(fleet.untrusted() == canaries);
}

TEST_CASE("of several policies that are reloaded in quick succession the last one is in force") {
  simulated_fleet fleet{100};
  begin(fleet);
  std::vector<appraisal::policy> policies(4);
  for (std::size_t i = 0; i < policies.size(); ++i)
    policies[i].exclude = {"/srv/" + std::to_string(i)};
  for (std::size_t i = 0; i + 1 < policies.size(); ++i)
    fleet.order(policies[i]);
  REQUIRE(fleet.reload(policies.back()));
  // Anything still pending would come into force after it.
  REQUIRE(fleet.verdicts()[verdict::affirming] == fleet.machines.size());
  CHECK(fleet.policy_on_record() == appraisal::digest_of(policies.back()));
  CHECK(fleet.state_of(fleet.machines.back()).policy == appraisal::digest_of(policies.back()));
}

TEST_CASE(
    "undoing and ending a stage are guarded as well, because machines may pass only by the set that goes") {
  simulated_fleet fleet{20};
  begin(fleet);
  upgrade_canaries(fleet, plan_of(fleet));
  REQUIRE(fleet.step(campaign_verb::propose).ok());
  REQUIRE(fleet.step(campaign_verb::stage).ok());
  REQUIRE(fleet.untrusted() == 0);
  for (const auto verb : {campaign_verb::undo, campaign_verb::end}) {
    const auto refused = fleet.step(verb);
    CHECK(code_of(refused) == errc::denied);
    CHECK(why(refused).find("5 of the 20 good machines") != std::string::npos);
    CHECK(fleet.phase() == "staged");
  }
  CHECK(fleet.untrusted() == 0);
  CHECK(fleet.step(campaign_verb::undo, guard::overruled).ok());
  CHECK(fleet.untrusted() == canaries);
  CHECK(fleet.step(campaign_verb::end).ok()); // only a proposal: takes nothing away
}

TEST_CASE("a policy that the guard refused does not come into force through a restart") {
  simulated_fleet fleet{10};
  begin(fleet);
  appraisal::policy harsh;
  harsh.require.dbx_entries = 1000; // no machine has that many
  fleet.order(harsh);
  CHECK(fleet.audited("policy.refused"));
  CHECK(fleet.refused_policy().find("would turn untrusted") != std::string::npos);
  fleet.restart();
  fleet.attest_all(); // the group keeps its old policy; the base has no machines
  for (const auto& one : fleet.machines) {
    CHECK(fleet.state_of(one).verdict == verdict::affirming);
    CHECK(fleet.state_of(one).policy == appraisal::digest_of(appraisal::policy{}));
  }
  CHECK(fleet.policy_on_record() == appraisal::digest_of(harsh));
  appraisal::policy mild;
  mild.exclude = {"/srv"};
  fleet.order(mild);
  fleet.restart(); // policies of a start come into force as by a reload
  CHECK(fleet.reload(mild));
  CHECK(fleet.refused_policy().empty());
}

TEST_CASE("a canary belongs to the group, and so does the machine whose state is accepted") {
  simulated_fleet fleet{10};
  begin(fleet);
  auto plan = plan_of(fleet);
  plan.canaries.push_back(fleet.stranger());
  const auto foreign = fleet.start_campaign(plan);
  CHECK(code_of(foreign) == errc::denied);
  CHECK(why(foreign).find("of group db") != std::string::npos);
  CHECK(code_of(fleet.ask(accept_request{fleet_test::group, fleet.stranger(), {}, "uid=0 pid=1"}))
        == errc::denied);
  plan.canaries.back() = store_test::node_number(4711);
  CHECK(code_of(fleet.start_campaign(plan)) == errc::not_found);
}

TEST_CASE("a set on record can be a group's first, and a set that is on no record is reported as missing") {
  simulated_fleet fleet{5};
  fleet.attest_all();
  REQUIRE(fleet.accept(fleet.machines.front()).ok());
  fleet.attest_all();
  const auto named = fleet.state_of(fleet.machines.front()).reference.value();
  const auto accept = [&](const char* group, const bytes32& digest) {
    return fleet.ask(accept_request{group, {}, digest, "uid=0 pid=1"});
  };
  CHECK(accept("new", named).ok());
  const auto unknown = accept("other", bytes32{9});
  CHECK(code_of(unknown) == errc::not_found);
  CHECK(why(unknown).find("none on record") != std::string::npos);
}
