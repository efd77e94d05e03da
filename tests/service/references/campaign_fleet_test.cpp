// A rolling upgrade of a thousand machines, done as docs/reference-values.md says, and what must not happen
// meanwhile: no false alarm, no unknown file passes, a restart loses nothing.
#include "tests/service/references/campaign_fleet.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::fleet_test;
using namespace muster::service::fleet_test::led;

TEST_CASE("a rolling upgrade led by a campaign raises no false alarm and lets no unknown file pass") {
  simulated_fleet fleet{fleet_size};
  begin(fleet);
  upgrade_canaries(fleet, plan_of(fleet));
  // The canaries differ, as they must; no other machine does, and nothing is trusted because it came first.
  CHECK(fleet.untrusted() == canaries);
  const auto proposed = fleet.step(campaign_verb::propose);
  REQUIRE_MESSAGE(proposed.ok(), why(proposed));
  CHECK(fleet.untrusted() == canaries);
  REQUIRE(fleet.step(campaign_verb::stage).ok());
  CHECK(fleet.untrusted() == 0); // re-appraised without new evidence from them

  // In fifths: half of the files, then the rest and a reboot. In each fifth one machine is compromised on the
  // way.
  const auto fifth = fleet_size / 5;
  for (std::size_t part = 0; part < 5; ++part) {
    std::vector<machine*> these;
    for (std::size_t i = part * fifth; i < (part + 1) * fifth; ++i)
      these.push_back(&fleet.machines[i]);
    for (auto* one : these)
      upgrade_files(*one, 5);
    implant(*these[7]);
    fleet.attest(these);
    CHECK(fleet.untrusted() == 1);
    for (auto* one : these)
      upgrade(*one); // the reboot removes the implant, too
    fleet.clock->pass(std::chrono::minutes{1});
    fleet.attest(these);
    CHECK(fleet.untrusted() == 0);
    if (part == 2) {
      fleet.restart();
      CHECK(fleet.phase() == "staged");
      CHECK(fleet.untrusted() == 0);
    }
    // Too early: all machines that still wait for their upgrade would turn bad.
    if (part < 4) CHECK(code_of(fleet.step(campaign_verb::enforce)) == errc::denied);
  }
  const auto done = fleet.step(campaign_verb::enforce);
  REQUIRE_MESSAGE(done.ok(), why(done));
  CHECK(fleet.verdicts()[verdict::affirming] == fleet_size);

  // A retired set stays retired: a machine that goes back to the old version is found.
  auto& back = fleet.machines[42];
  back.kernel = 1;
  for (auto& [path, version] : back.files)
    version = 1;
  back.reboot();
  fleet.attest({&back});
  CHECK(fleet.state_of(back).verdict == verdict::contraindicated);
}

TEST_CASE("an increment cannot make a machine good: its record is judged by the same set first") {
  simulated_fleet fleet{3};
  begin(fleet);
  auto& one = fleet.machines[1];
  implant(one);
  fleet.attest({&one});
  REQUIRE(fleet.state_of(one).verdict == verdict::contraindicated);
  // The record as it was before the set was in force, not re-appraised yet.
  auto before = fleet.state_of(one);
  before.appraisal_version = 0;
  before.verdict = verdict::none;
  before.findings.clear();
  before.findings_total = 0;
  before.reference.reset();
  fleet.lay_state(one, before);
  one.tells_increment = true;
  fleet.attest({&one});
  const auto after = fleet.state_of(one);
  CHECK(after.verdict == verdict::contraindicated);
  REQUIRE(after.findings.size() == 1);
  CHECK(after.findings.front().check == "ima.changed-file");
}

TEST_CASE("a straggler is found when the old set is retired, and undoing lets it pass again") {
  simulated_fleet fleet{40};
  begin(fleet);
  upgrade_canaries(fleet, plan_of(fleet));
  REQUIRE(fleet.step(campaign_verb::propose).ok());
  REQUIRE(fleet.step(campaign_verb::stage).ok());
  for (std::size_t i = 0; i + 1 < fleet.machines.size(); ++i)
    upgrade(fleet.machines[i]);
  fleet.attest_all();
  REQUIRE(fleet.step(campaign_verb::enforce).ok()); // 1 of 40 is within the guard
  CHECK(fleet.untrusted() == 1);
  CHECK(fleet.state_of(fleet.machines.back()).verdict == verdict::contraindicated);
  REQUIRE(fleet.step(campaign_verb::undo).ok());
  CHECK(fleet.phase() == "staged");
  CHECK(fleet.untrusted() == 0);
  fleet.restart();
  CHECK(fleet.untrusted() == 0);
  fleet.attest_all();
  CHECK(fleet.untrusted() == 0);
}

TEST_CASE("canaries that do not agree teach nothing, and one that was compromised is outvoted") {
  simulated_fleet fleet{10};
  begin(fleet);
  REQUIRE(fleet.start_campaign(plan_of(fleet, 3)).ok());
  CHECK(code_of(fleet.step(campaign_verb::propose)) == errc::denied); // none has attested since the start
  fleet.clock->pass(std::chrono::seconds{1});
  std::vector<machine*> some;
  for (std::size_t i = 0; i < canaries; ++i) {
    upgrade(fleet.machines[i]);
    some.push_back(&fleet.machines[i]);
  }
  implant(fleet.machines[0]);
  fleet.machines[1].kernel = 7;
  fleet.machines[1].reboot();
  fleet.attest(some);
  REQUIRE(fleet.step(campaign_verb::propose).ok());
  REQUIRE(fleet.step(campaign_verb::stage).ok());
  CHECK(fleet.state_of(fleet.machines[0]).verdict == verdict::contraindicated); // its file was not learnt
  CHECK(fleet.state_of(fleet.machines[1]).verdict == verdict::contraindicated); // its boot was not learnt
  CHECK(fleet.untrusted() == 2);
}

TEST_CASE("a stage ends by itself: then only the old set passes, even after a restart in between") {
  simulated_fleet fleet{10};
  begin(fleet);
  auto plan = plan_of(fleet);
  plan.stage_for = std::chrono::hours{1};
  upgrade_canaries(fleet, std::move(plan));
  REQUIRE(fleet.step(campaign_verb::propose).ok());
  REQUIRE(fleet.step(campaign_verb::stage).ok());
  fleet.clock->pass(std::chrono::minutes{59});
  fleet.tick();
  CHECK(fleet.phase() == "staged");
  fleet.clock->pass(std::chrono::minutes{2});
  fleet.restart(); // its first tick looks at campaigns
  CHECK(fleet.reaches("expired"));
  CHECK(fleet.untrusted() == canaries);
}

TEST_CASE(
    "an automatic campaign proposes what has settled, stages it, and enforces it when all machines pass") {
  auto rules = simulated_fleet::quiet_rules();
  rules.settle = std::chrono::minutes{10};
  simulated_fleet fleet{20, rules};
  begin(fleet);
  auto plan = plan_of(fleet);
  plan.automation = campaign_automation::enforce;
  upgrade_canaries(fleet, std::move(plan));
  fleet.tick();
  fleet.clock->pass(std::chrono::minutes{5});
  fleet.tick();
  CHECK(fleet.phase() == "observing"); // five minutes are less than ten
  // When canaries change, the time starts again: another file on three of them changes the lesson.
  for (std::size_t i = 0; i < canaries; ++i) {
    fleet.machines[i].files["/usr/bin/late"] = 1;
    fleet.machines[i].use("/usr/bin/late");
  }
  std::vector<machine*> some;
  for (std::size_t i = 0; i < canaries; ++i)
    some.push_back(&fleet.machines[i]);
  fleet.attest(some);
  fleet.tick();
  fleet.clock->pass(std::chrono::minutes{6});
  fleet.tick();
  CHECK(fleet.phase() == "observing");
  fleet.clock->pass(std::chrono::minutes{5});
  fleet.tick();
  CHECK(fleet.reaches("proposed"));
  fleet.tick();
  CHECK(fleet.reaches("staged"));
  fleet.tick();
  CHECK(fleet.phase() == "staged"); // 15 machines still run the old version
  for (std::size_t i = canaries; i < fleet.machines.size(); ++i)
    upgrade(fleet.machines[i]);
  fleet.attest_all();
  CHECK(fleet.untrusted() == 0);
  fleet.tick();
  CHECK(fleet.reaches("enforced"));
  CHECK(fleet.untrusted() == 0);
}

TEST_CASE("a set from elsewhere is recorded unchanged and proposed, and no machine passes because of it") {
  simulated_fleet fleet{10};
  begin(fleet);
  appraisal::file_claims files;
  appraisal::samples::push_file(files, "/usr/bin/new", "new");
  const auto made = appraisal::to_record(appraisal::samples::reference_of(boot_of(2), files)->content());
  const auto digest = crypto::sha256(made.content());
  CHECK(code_of(fleet.ask(import_request{bytes32{1}, made.message(), "uid=0"})) == errc::mismatch);
  bytes damaged = to_bytes(made.content());
  damaged.resize(damaged.size() - 8);
  CHECK_FALSE(fleet.ask(import_request{crypto::sha256(damaged), frame::copy_of(damaged), "uid=0"}).ok());
  REQUIRE(fleet.ask(import_request{digest, made.message(), "uid=0"}).ok());
  CHECK(fleet.untrusted() == 0);
  const auto back = fleet.ask(export_atom::value, digest);
  REQUIRE(back.ok());
  CHECK(same(back->view(), made.content()));
  REQUIRE(fleet.start_campaign({}).ok());
  REQUIRE(fleet.propose_set(digest).ok());
  CHECK(fleet.verdicts()[verdict::affirming] == 10);
}
