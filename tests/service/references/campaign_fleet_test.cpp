// A rolling upgrade of a thousand machines, done as docs/reference-values.md says, and what must not happen
// meanwhile: no false alarm, no unknown file passes, a restart loses nothing.
#include "tests/service/references/simulated_fleet.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::fleet_test;

namespace {

constexpr std::size_t fleet_size = 1000;
constexpr std::size_t canaries = 5;

campaign_request plan_of(const simulated_fleet& fleet, std::uint32_t quorum = 3) {
  campaign_request out;
  for (std::size_t i = 0; i < canaries; ++i)
    out.canaries.push_back(fleet.machines[i].id);
  out.quorum = quorum;
  return out;
}

/// The package manager replaces files on a running machine, one after the other, and programs continue to use
/// them.
void upgrade_files(machine& one, std::size_t how_many = 10) {
  for (auto& [path, version] : one.files) {
    if (how_many-- == 0) return;
    version = 2;
    one.use(path);
  }
}

void upgrade(machine& one) {
  upgrade_files(one);
  one.kernel = 2;
  one.reboot();
}

void implant(machine& one) { appraisal::samples::push_file(one.used, "/usr/bin/program-3", "an implant"); }

std::string why(const rest_answer& answer) { return answer ? std::string{"done"} : answer.fault().check; }
errc code_of(const rest_answer& answer) { return answer ? errc::internal : answer.fault().code; }

/// A fleet that runs version 1 and is trusted.
void begin(simulated_fleet& fleet) {
  fleet.attest_all();
  REQUIRE_MESSAGE(fleet.accept(fleet.machines.front()).ok(), "accept");
  fleet.clock->pass(std::chrono::seconds{1});
  fleet.attest_all();
  REQUIRE(fleet.verdicts()[verdict::affirming] == fleet.machines.size());
}

/// Begins a campaign whose canaries run version 2 and have attested.
void upgrade_canaries(simulated_fleet& fleet, campaign_request plan) {
  REQUIRE(fleet.start_campaign(std::move(plan)).ok());
  fleet.clock->pass(std::chrono::seconds{1});
  std::vector<machine*> some;
  for (std::size_t i = 0; i < canaries; ++i) {
    upgrade(fleet.machines[i]);
    some.push_back(&fleet.machines[i]);
  }
  fleet.attest(some);
}

} // namespace

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

TEST_CASE("new entries alone make nobody good: what is on record is judged by the same set first") {
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

TEST_CASE("canaries that do not agree teach nothing, and one that is taken over is outvoted") {
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

TEST_CASE(
    "a stage that nobody ends ends by itself: only the old set passes, also after a restart in between") {
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

TEST_CASE("an automatic campaign proposes what has settled, stages it, and enforces when all pass") {
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

TEST_CASE("a trial says who would change and why, and changes nothing") {
  simulated_fleet fleet{50};
  begin(fleet);
  upgrade(fleet.machines[0]);
  fleet.attest({&fleet.machines[0]});
  const auto before = fleet.reader().newest().value();
  const auto trial = fleet.try_state_of(fleet.machines[0]);
  trial.read([](rest::Trial::Reader in) {
    CHECK(in.getMachines() == 50);
    CHECK(in.getGood() == 49);
    CHECK(in.getTurningBad() == 49);
    CHECK(in.getChanging() == 50);
    CHECK(in.getRefused());
    REQUIRE(in.getCauses().size() > 0);
    CHECK(in.getCauses()[0].getMachines() == 49); // one cause, not 49
    REQUIRE(in.getChanges().size() == 50);
    CHECK(in.getChanges()[1].getWhy().getCheck().size() > 0);
  });
  CHECK(fleet.reader().newest().value() == before);
  CHECK(fleet.untrusted() == 1);
  // The guard says the same on an accept without a trial.
  CHECK(code_of(fleet.accept(fleet.machines[0])) == errc::denied);
  CHECK(fleet.untrusted() == 1);
  REQUIRE(fleet.accept(fleet.machines[0], guard::overruled).ok());
  CHECK(fleet.untrusted() == 49);
}

TEST_CASE(
    "a set that was made elsewhere is put on record as it is, proposed, and nothing passes because of it") {
  simulated_fleet fleet{10};
  begin(fleet);
  appraisal::file_claims files;
  appraisal::samples::push_file(files, "/usr/bin/new", "new");
  const auto made = appraisal::to_record(appraisal::samples::reference_of(boot_of(2), files)->content());
  const auto digest = crypto::sha256(made.content());
  CHECK(code_of(fleet.ask(import_atom::value, import_request{bytes32{1}, made.message(), "uid=0"}))
        == errc::mismatch);
  bytes damaged = to_bytes(made.content());
  damaged.resize(damaged.size() - 8);
  CHECK_FALSE(
      fleet.ask(import_atom::value, import_request{crypto::sha256(damaged), frame::copy_of(damaged), "uid=0"})
          .ok());
  REQUIRE(fleet.ask(import_atom::value, import_request{digest, made.message(), "uid=0"}).ok());
  CHECK(fleet.untrusted() == 0);
  const auto back = fleet.ask(export_atom::value, digest);
  REQUIRE(back.ok());
  CHECK(same(back->view(), made.content()));
  REQUIRE(fleet.start_campaign({}).ok());
  REQUIRE(fleet.propose_set(digest).ok());
  CHECK(fleet.verdicts()[verdict::affirming] == 10);
}

TEST_CASE("while a campaign is under way nobody accepts beside it, and a second one does not begin") {
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

TEST_CASE("what is denied comes back by no way: not by undoing, accepting or proposing") {
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

TEST_CASE("what became denied since it was proposed is not staged") {
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

TEST_CASE("a staged set that no campaign accounts for passes no longer than until the next look") {
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

TEST_CASE("of policies that are reloaded in quick succession the last is in force") {
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

TEST_CASE("undoing and ending a stage are guarded, too: they take a set from machines that pass by it") {
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

TEST_CASE("before a stage ends it is said what that will do") {
  simulated_fleet fleet{10};
  begin(fleet);
  auto plan = plan_of(fleet);
  plan.stage_for = std::chrono::hours{8};
  upgrade_canaries(fleet, std::move(plan));
  REQUIRE(fleet.step(campaign_verb::propose).ok());
  REQUIRE(fleet.step(campaign_verb::stage).ok());
  REQUIRE(fleet.untrusted() == 0);
  fleet.clock->pass(std::chrono::hours{5});
  fleet.tick();
  CHECK(fleet.when_it_ends().empty());
  fleet.clock->pass(std::chrono::minutes{90});
  fleet.tick();
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (fleet.when_it_ends().empty() && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  CHECK(fleet.when_it_ends() == "5 good machines will turn untrusted");
  REQUIRE(fleet.step(campaign_verb::undo, guard::overruled).ok());
  REQUIRE(fleet.step(campaign_verb::stage).ok());
  CHECK(fleet.when_it_ends().empty()); // another stage, whose end is far off
}

TEST_CASE("a policy that the guard refused does not come into force by a restart") {
  simulated_fleet fleet{10};
  begin(fleet);
  appraisal::policy harsh;
  harsh.require.dbx_entries = 1000; // no machine has that many
  fleet.order(harsh);
  CHECK(fleet.audited("policy.refused"));
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
}

TEST_CASE("a canary is of the group, and so is the machine whose state is accepted") {
  simulated_fleet fleet{10};
  begin(fleet);
  auto plan = plan_of(fleet);
  plan.canaries.push_back(fleet.stranger());
  const auto foreign = fleet.start_campaign(plan);
  CHECK(code_of(foreign) == errc::denied);
  CHECK(why(foreign).find("of group db") != std::string::npos);
  CHECK(code_of(fleet.ask(accept_atom::value,
                          accept_request{fleet_test::group, fleet.stranger(), {}, "uid=0 pid=1"}))
        == errc::denied);
  plan.canaries.back() = store_test::node_number(4711);
  CHECK(code_of(fleet.start_campaign(plan)) == errc::not_found);
}

TEST_CASE("a set on record can be the first of a group, and one that nobody has is named as such") {
  simulated_fleet fleet{5};
  fleet.attest_all();
  REQUIRE(fleet.accept(fleet.machines.front()).ok());
  fleet.attest_all();
  const auto named = fleet.state_of(fleet.machines.front()).reference.value();
  const auto accept = [&](const char* group, const bytes32& digest) {
    return fleet.ask(accept_atom::value, accept_request{group, {}, digest, "uid=0 pid=1"});
  };
  CHECK(accept("new", named).ok());
  const auto unknown = accept("other", bytes32{9});
  CHECK(code_of(unknown) == errc::not_found);
  CHECK(why(unknown).find("none on record") != std::string::npos);
}

TEST_CASE("a trial in a group without machines is no good news") {
  simulated_fleet fleet{3};
  begin(fleet);
  trial_request wanted;
  wanted.group = "wbe";
  wanted.set = fleet.state_of(fleet.machines.front()).reference;
  const auto tried = fleet.ask(try_atom::value, wanted);
  CHECK(code_of(tried) == errc::not_found);
  CHECK(why(tried).find("no machine is in group wbe") != std::string::npos);
}

TEST_CASE("groups are listed with what they are compared with") {
  simulated_fleet fleet{5};
  begin(fleet);
  upgrade_canaries(fleet, plan_of(fleet));
  REQUIRE(fleet.step(campaign_verb::propose).ok());
  REQUIRE(fleet.step(campaign_verb::stage, guard::overruled).ok());
  const auto listed = fleet.ask(list_atom::value);
  REQUIRE(listed.ok());
  parse_view<rest::GroupList>(*listed)->read([&](rest::GroupList::Reader in) {
    REQUIRE(in.getGroups().size() == 2);
    CHECK(in.getGroups()[0].getGroup().size() == 0);
    CHECK(in.getGroups()[0].getReference().size() == 0);
    const auto web = in.getGroups()[1];
    CHECK(text_of(web.getGroup()) == "web");
    CHECK(web.getReference().size() == 64);
    CHECK(web.getStaged().size() == 64);
    CHECK(text_of(web.getOrigin()).starts_with("node "));
    CHECK(text_of(web.getBy()).starts_with("uid=0"));
    CHECK(text_of(web.getCampaign()) == "staged");
    CHECK(web.getPolicy().size() == 64);
  });
}
