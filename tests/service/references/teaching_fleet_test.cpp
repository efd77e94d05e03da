// One machine whose root user, or whose other users, want other machines to be trusted with their files. What
// breaks if these fail: a file that was judged on no machine is good on every machine of the group.
#include "tests/service/references/simulated_fleet.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::fleet_test;

namespace {

constexpr std::string_view evil = "an implant";

std::string said_by(const rest_answer& answer) { return answer ? std::string{"done"} : answer.fault().check; }

/// Runs it from a path that no operator would exclude.
void start_implant(machine& one) { appraisal::samples::push_file(one.used, "/usr/bin/evil", evil); }

/// A fleet that runs version 1 and is trusted, under a policy.
struct taught_fleet : simulated_fleet {
  explicit taught_fleet(std::size_t count, const appraisal::policy& p, reference_rules rules = quiet_rules())
      : simulated_fleet{count, rules} {
    REQUIRE(reload(p));
    attest_all();
    REQUIRE(accept(machines.front()).ok());
    clock->pass(std::chrono::seconds{1});
    attest_all();
    REQUIRE(verdicts()[verdict::affirming] == machines.size());
  }
  /// Whether that machine is found untrusted when it runs the implant.
  bool finds_implant_on(machine& one) {
    start_implant(one);
    attest({&one});
    return state_of(one).verdict == verdict::contraindicated;
  }
};

/// This operator treats /var/lib as data, and violations are routine: the policy does not object to what a
/// machine teaches.
appraisal::policy careless() {
  appraisal::policy p;
  p.exclude = {"/var/lib"};
  p.violations = appraisal::violation_rule::count;
  return p;
}

struct poison {
  const char* what;
  void (*lay)(machine&);
};

/// What a canary's root, or a user of it, can leave in its list without a finding.
const poison poisons[] = {
    {"an upload below an excluded directory, read once",
     [](machine& one) { appraisal::samples::push_file(one.used, "/var/lib/upload/x", evil); }},
    {"a violation that brings a digest",
     [](machine& one) {
       const auto digest = appraisal::samples::digest_of(evil);
       REQUIRE(one.used.push(
           {appraisal::file_kind::violation, hash_algorithm::sha256, digest.view(), "/usr/bin/evil"}));
     }},
    {"a buffer with that content",
     [](machine& one) {
       appraisal::samples::push_file(one.used, "label", evil, appraisal::file_kind::critical_data);
     }},
    {"something that is not a file",
     [](machine& one) {
       appraisal::samples::push_file(one.used, "/usr/bin/evil", evil, appraisal::file_kind::other);
     }},
};

} // namespace

TEST_CASE(
    "check 26: a file that one machine slips into its list makes no other machine trusted by acceptance") {
  for (const auto& each : poisons) {
    CAPTURE(std::string{each.what});
    taught_fleet fleet{3, careless()};
    auto& bad = fleet.machines[0];
    each.lay(bad);
    fleet.attest({&bad});
    fleet.clock->pass(std::chrono::seconds{1});
    const auto accepted = fleet.accept(bad);
    REQUIRE_MESSAGE(accepted.ok(), said_by(accepted)); // no finding: it may teach the rest
    CHECK(fleet.finds_implant_on(fleet.machines[1]));
    fleet.restart();
    CHECK(fleet.finds_implant_on(fleet.machines[2]));
  }
}

TEST_CASE("check 26: canaries that all slip it in make no machine trusted, even in a campaign that enforces "
          "by itself") {
  for (const auto& each : poisons) {
    CAPTURE(std::string{each.what});
    auto rules = simulated_fleet::quiet_rules();
    rules.settle = std::chrono::minutes{1};
    taught_fleet fleet{3, careless(), rules};
    campaign_request plan;
    plan.canaries = {fleet.machines[0].id, fleet.machines[1].id};
    plan.quorum = 2;
    plan.automation = campaign_automation::enforce;
    REQUIRE(fleet.start_campaign(plan).ok());
    fleet.clock->pass(std::chrono::seconds{1});
    for (std::size_t i = 0; i < 2; ++i) {
      fleet.machines[i].files["/usr/bin/program-0"] = 2;
      fleet.machines[i].reboot();
      each.lay(fleet.machines[i]);
    }
    fleet.machines[2].files["/usr/bin/program-0"] = 2;
    fleet.attest({&fleet.machines[0], &fleet.machines[1]});
    fleet.tick();
    fleet.clock->pass(std::chrono::minutes{2});
    fleet.tick();
    REQUIRE(fleet.reaches("proposed"));
    fleet.tick();
    REQUIRE(fleet.reaches("staged"));
    fleet.machines[2].reboot();
    fleet.attest({&fleet.machines[2]});
    fleet.tick();
    REQUIRE(fleet.reaches("enforced"));
    CHECK(fleet.untrusted() == 0); // the upgrade itself was learnt
    CHECK(fleet.finds_implant_on(fleet.machines[2]));
  }
}

TEST_CASE("check 26: a canary with an open finding teaches nothing, even if no approval is required") {
  struct hindrance {
    const char* said;
    void (*open)(taught_fleet&, machine&);
  };
  const hindrance rows[] = {
      {"ima.violation",
       [](taught_fleet& fleet, machine& one) {
         appraisal::samples::push_file(one.used, "/usr/sbin/sshd", "", appraisal::file_kind::violation);
         fleet.attest({&one});
       }},
      {"event.kexec",
       [](taught_fleet& fleet, machine& one) {
         auto state = fleet.state_of(one);
         finding f;
         f.kind = finding_kind::event;
         f.level = severity::warning;
         f.check = "event.kexec";
         state.findings.push_back(f);
         fleet.lay_state(one, state);
       }},
      {"event.identity",
       [](taught_fleet& fleet, machine& one) {
         auto state = fleet.state_of(one);
         state.alarm.emplace();
         state.alarm->check = "event.identity";
         fleet.lay_state(one, state);
       }},
  };
  for (const auto& r : rows) {
    CAPTURE(std::string{r.said});
    auto rules = simulated_fleet::quiet_rules();
    rules.settle = std::chrono::minutes{1};
    taught_fleet fleet{3, appraisal::policy{}, rules};
    auto& canary = fleet.machines[0];
    campaign_request plan;
    plan.canaries = {canary.id};
    plan.quorum = 1;
    plan.automation = campaign_automation::enforce;
    REQUIRE(fleet.start_campaign(plan).ok());
    fleet.clock->pass(std::chrono::seconds{1});
    canary.files["/usr/bin/evil"] = 1;
    canary.reboot();
    fleet.attest({&canary});
    r.open(fleet, canary);
    fleet.tick();
    fleet.clock->pass(std::chrono::minutes{2});
    fleet.tick();
    CHECK(fleet.phase() == "observing");
    const auto asked = fleet.step(campaign_verb::propose);
    REQUIRE_FALSE(asked.ok());
    CHECK_MESSAGE(said_by(asked).find(r.said) != std::string::npos, said_by(asked));
    CHECK(said_by(asked).find("node web-1") != std::string::npos);
    REQUIRE(fleet.step(campaign_verb::end).ok());
    const auto accepted = fleet.accept(canary);
    REQUIRE_FALSE(accepted.ok());
    CHECK_MESSAGE(said_by(accepted).find(r.said) != std::string::npos, said_by(accepted));
  }
}

// The machine keeps running while a person looks at what it would teach.
TEST_CASE("check 26: only what was shown is accepted, or nothing") {
  taught_fleet fleet{3, careless()};
  auto& teacher = fleet.machines[0];
  const auto digest_shown = [&] {
    return bytes32_from_hex(fleet.try_state_of(teacher).read(
                                [](rest::Trial::Reader in) { return std::string{text_of(in.getDigest())}; }))
        .value();
  };
  const auto looked_at = digest_shown();
  start_implant(teacher);
  fleet.attest({&teacher});
  fleet.clock->pass(std::chrono::seconds{1});
  const auto accepted = fleet.accept(teacher, guard::holds, looked_at);
  REQUIRE_FALSE(accepted.ok());
  CHECK(accepted.fault().code == errc::conflict);
  CHECK_MESSAGE(said_by(accepted).find("muster reference try") != std::string::npos, said_by(accepted));
  CHECK(fleet.verdicts()[verdict::contraindicated] == 1);
  CHECK(fleet.accept(teacher, guard::overruled, digest_shown()).ok());
}

TEST_CASE("changes of references wait for each other, and are refused only when many wait") {
  taught_fleet fleet{3, careless()};
  const auto few = fleet.accept_at_once({&fleet.machines[0], &fleet.machines[1], &fleet.machines[2]});
  for (const auto& one : few)
    CHECK_MESSAGE(one.ok(), said_by(one));
  const std::vector<const machine*> many(200, &fleet.machines[0]);
  std::size_t refused = 0;
  for (const auto& one : fleet.accept_at_once(many)) {
    if (one) continue;
    ++refused;
    CHECK(one.fault().code == errc::busy);
  }
  CHECK(refused < many.size());
  CHECK(fleet.accept(fleet.machines[1]).ok());
}
