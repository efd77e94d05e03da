// Amendments in a fleet. What breaks if these fail: an operator who accepts one file accepts an implant, or
// other entries than those that were shown come into force.
#include "appraisal/verdict/findings_mark.hpp"
#include "tests/service/references/simulated_fleet.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::fleet_test;

namespace {

constexpr const char* agent = "/usr/bin/agent";
constexpr const char* implanted = "/usr/bin/implant";

std::string word_of(const rest_answer& answer) { return answer ? std::string{"done"} : answer.fault().check; }
bool says(const rest_answer& answer, std::string_view part) {
  return word_of(answer).find(part) != std::string::npos;
}

/// A trusted fleet, the first machine of which runs a good program and an implant that no reference knows.
struct amended_fleet : simulated_fleet {
  explicit amended_fleet(std::size_t count = 3, reference_rules rules = quiet_rules())
      : simulated_fleet{count, rules} {
    attest_all();
    REQUIRE(accept(machines.front()).ok());
    clock->pass(std::chrono::seconds{1});
    attest_all();
    REQUIRE(verdicts()[verdict::affirming] == machines.size());
    use(first(), agent, "a good program");
    use(first(), implanted, "an implant");
    attest({&first()});
    REQUIRE(state_of(first()).verdict == verdict::contraindicated);
  }
  machine& first() { return machines.front(); }
  static void use(machine& one, const char* path, std::string_view content) {
    appraisal::samples::push_file(one.used, path, content);
  }
  /// What is found, once the record is as new as what is in force; without notes.
  std::vector<std::string> subjects(const machine& one) {
    (void)verdicts();
    std::vector<std::string> out;
    for (const auto& f : state_of(one).findings)
      if (f.level != severity::note) out.push_back(f.subject);
    return out;
  }
  std::string mark(const machine& one) { return appraisal::mark_of(state_of(one).findings); }
  /// Asks to amend by the finding about `subject`, as the list is now.
  amend_request about(const machine& one, const std::string& subject) {
    amend_request out;
    out.group = fleet_test::group;
    out.from = one.id;
    const auto all = state_of(one).findings;
    for (std::uint32_t i = 0; i < all.size(); ++i)
      if (all[i].subject == subject) out.findings.push_back(i + 1);
    REQUIRE(out.findings.size() == 1);
    out.listed = mark(one);
    out.by = "uid=0 pid=1";
    return out;
  }
  static amend_request by_hand(std::string_view content, const char* path) {
    amend_request out;
    out.group = fleet_test::group;
    out.file = "sha256:" + to_hex(appraisal::samples::digest_of(content).view());
    out.path = path;
    out.by = "uid=0 pid=1";
    return out;
  }
  /// What it would lead to.
  bytes32 looked_at(const amend_request& wanted) {
    const auto shown = ask(wanted);
    REQUIRE_MESSAGE(shown.ok(), word_of(shown));
    return parse_view<rest::ReferenceAnswer>(*shown).value().read([](rest::ReferenceAnswer::Reader in) {
      return bytes32_from_hex(std::string{text_of(in.getDigest())}).value();
    });
  }
  static amend_request into_force(amend_request wanted, const bytes32& set) {
    wanted.set = set;
    wanted.goes = amendment_goes::into_force;
    return wanted;
  }
  rest_answer take(const amend_request& wanted) { return ask(into_force(wanted, looked_at(wanted))); }
};

std::vector<std::string> difference(const rest_answer& answer) {
  std::vector<std::string> out;
  parse_view<rest::ReferenceAnswer>(*answer).value().read([&](rest::ReferenceAnswer::Reader in) {
    for (const auto line : in.getDifference())
      out.emplace_back(text_of(line));
  });
  return out;
}

} // namespace

TEST_CASE("check 26: the good file of a machine is amended, its implant stays found, there and elsewhere") {
  amended_fleet fleet;
  auto& other = fleet.machines[1];
  const auto wanted = fleet.about(fleet.first(), agent);
  const auto shown = fleet.ask(wanted);
  REQUIRE_MESSAGE(shown.ok(), word_of(shown));
  CHECK(difference(shown)
        == std::vector<std::string>{"1 file of no package added", std::string{"  + "} + agent});
  CHECK(fleet.audited("reference.amend"));
  CHECK(fleet.subjects(fleet.first()).size() == 2); // it was only shown
  const auto done = fleet.take(wanted);
  REQUIRE_MESSAGE(done.ok(), word_of(done));
  CHECK(fleet.subjects(fleet.first()) == std::vector<std::string>{implanted});
  CHECK(fleet.state_of(fleet.first()).verdict == verdict::contraindicated);
  fleet.use(other, agent, "a good program");
  fleet.attest({&other});
  CHECK(fleet.state_of(other).verdict == verdict::affirming);
  fleet.use(other, implanted, "an implant");
  fleet.attest({&other});
  CHECK(fleet.state_of(other).verdict == verdict::contraindicated);
  fleet.restart();
  fleet.attest_all();
  CHECK(fleet.subjects(fleet.first()) == std::vector<std::string>{implanted});
}

TEST_CASE("check 26: numbers of a list that is not the machine's any more are refused") {
  amended_fleet fleet;
  const auto wanted = fleet.about(fleet.first(), agent);
  const auto digest = fleet.looked_at(wanted);
  amended_fleet::use(fleet.first(), "/usr/bin/aaa", "another implant"); // may take the number of the good one
  fleet.attest({&fleet.first()});
  for (const auto& one : {wanted, amended_fleet::into_force(wanted, digest)}) {
    const auto refused = fleet.ask(one);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.fault().code == errc::conflict);
    CHECK_MESSAGE(says(refused, "look again, muster node show"), word_of(refused));
  }
  auto unbound = wanted;
  unbound.listed.clear();
  CHECK(says(fleet.ask(unbound), "say which list the numbers are of"));
  auto of_another = wanted; // of a machine without findings
  of_another.from = fleet.machines[1].id;
  CHECK_FALSE(fleet.ask(of_another).ok());
  CHECK(fleet.ask(fleet.about(fleet.first(), agent)).ok());
}

TEST_CASE("a newer attestation with the same findings does not make the numbers stale") {
  amended_fleet fleet;
  const auto wanted = fleet.about(fleet.first(), agent);
  fleet.clock->pass(std::chrono::seconds{1});
  fleet.attest({&fleet.first()});
  CHECK(fleet.take(wanted).ok());
}

TEST_CASE("check 26: only the set that was shown comes into force, on top of the set that it was shown for") {
  amended_fleet fleet;
  const auto wanted = fleet.about(fleet.first(), agent);
  auto blind = wanted;
  blind.goes = amendment_goes::into_force;
  CHECK(says(fleet.ask(blind), "only what was shown"));
  CHECK(says(fleet.ask(amended_fleet::into_force(wanted, bytes32{9})), "not to the one that was shown"));
  const auto digest = fleet.looked_at(wanted);
  const auto by_hand = amended_fleet::by_hand("another program", "/opt/My App/run");
  REQUIRE(fleet.take(by_hand).ok()); // the set in force is another one now
  const auto late = fleet.ask(amended_fleet::into_force(wanted, digest));
  REQUIRE_FALSE(late.ok());
  CHECK(late.fault().code == errc::conflict);
  CHECK(fleet.subjects(fleet.first()).size() == 2);
  REQUIRE(fleet.take(wanted).ok());
  CHECK(says(fleet.ask(by_hand), "nothing would change")); // the other one's entry is still there
}

TEST_CASE(
    "an amendment that is in force already is said to be done, whatever the machine's list is by then") {
  amended_fleet fleet;
  const auto wanted = fleet.about(fleet.first(), agent);
  const auto digest = fleet.looked_at(wanted);
  const auto whole = amended_fleet::into_force(wanted, digest);
  REQUIRE(fleet.ask(whole).ok());
  REQUIRE(fleet.subjects(fleet.first()) == std::vector<std::string>{implanted}); // another list
  const auto again = fleet.ask(whole);
  REQUIRE_FALSE(again.ok());
  CHECK(again.fault().code == errc::conflict);
  CHECK_MESSAGE(says(again, "set " + to_hex(digest) + " is in force already; nothing would change"),
                word_of(again));
  CHECK(says(fleet.ask(wanted), "as after an amendment that answers them"));
}

TEST_CASE("check 26: an older amended set does not take back what another person put into force since") {
  amended_fleet fleet;
  const auto mine = fleet.looked_at(amended_fleet::by_hand("a good program", agent));
  const auto theirs = amended_fleet::by_hand("another program", "/opt/other");
  REQUIRE(fleet.take(theirs).ok());
  accept_request old;
  old.group = fleet_test::group;
  old.set = mine;
  old.by = "uid=0 pid=1";
  const auto refused = fleet.ask(old);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.fault().code == errc::conflict);
  CHECK_MESSAGE(says(refused, "has 1 file besides, which it would take back"), word_of(refused));
  CHECK(says(refused, "muster reference amend"));
  campaign_request plan;
  plan.canaries = {fleet.machines[1].id};
  REQUIRE(fleet.start_campaign(plan).ok());
  campaign_order propose{fleet_test::group, campaign_verb::propose, mine, guard::holds, "uid=0 pid=1"};
  CHECK(says(fleet.ask(propose), "which it would take back"));
  CHECK(fleet.phase() == "observing");
  REQUIRE(fleet.step(campaign_verb::end).ok());
  CHECK(says(fleet.ask(theirs), "nothing would change")); // it is still there

  // Made again it has both, and by its digest it can be accepted as well.
  auto both = old;
  both.set = fleet.looked_at(amended_fleet::by_hand("a good program", agent));
  CHECK(fleet.ask(both).ok());
  CHECK(says(fleet.ask(theirs), "nothing would change"));
  CHECK(says(fleet.ask(old), "has 1 file besides"));
  old.guard = guard::overruled; // on purpose
  CHECK(fleet.ask(old).ok());
  CHECK(fleet.ask(theirs).ok()); // it would be an addition again
}

TEST_CASE("check 26: a machine that may not teach amends nothing, and the text names the other way") {
  amended_fleet fleet;
  const auto wanted = fleet.about(fleet.first(), agent);
  auto state = fleet.state_of(fleet.first());
  finding f;
  f.kind = finding_kind::event;
  f.level = severity::warning;
  f.check = "event.kexec";
  state.findings.push_back(f);
  fleet.lay_state(fleet.first(), state);
  auto now = wanted;
  now.listed = fleet.mark(fleet.first());
  const auto refused = fleet.ask(now);
  REQUIRE_FALSE(refused.ok());
  CHECK_MESSAGE(says(refused, "event.kexec"), word_of(refused));
  CHECK(says(refused, "--file DIGEST --path PATH"));
  CHECK(fleet.take(amended_fleet::by_hand("a good program", agent)).ok());
  auto foreign = wanted;
  foreign.from = fleet.stranger();
  CHECK(says(fleet.ask(foreign), "of group db"));
  auto nothing_there = wanted;
  nothing_there.group = "empty";
  CHECK(says(fleet.ask(nothing_there), "has none to amend"));
}

TEST_CASE("check 26: the guard and the deny list hold for an amendment") {
  amended_fleet fleet{10};
  // A set has one boot: the nine that boot as before would turn bad.
  auto& first = fleet.first();
  first.kernel = 2;
  first.reboot();
  fleet.attest({&first});
  amend_request boot;
  boot.group = fleet_test::group;
  boot.from = first.id;
  boot.listed = fleet.mark(first);
  boot.by = "uid=0 pid=1";
  const auto all = fleet.state_of(first).findings;
  for (std::uint32_t i = 0; i < all.size(); ++i)
    if (all[i].subject.starts_with("PCR 9")) boot.findings.push_back(i + 1);
  REQUIRE(boot.findings.size() == 2); // kernel and initial RAM disk
  auto half = boot;
  half.findings.pop_back();
  CHECK(says(fleet.ask(half), "as a whole"));
  const auto guarded = fleet.take(boot);
  REQUIRE_FALSE(guarded.ok());
  CHECK_MESSAGE(says(guarded, "guard"), word_of(guarded));
  auto forced = amended_fleet::into_force(boot, fleet.looked_at(boot));
  forced.guard = guard::overruled;
  CHECK(fleet.ask(forced).ok());
  CHECK(fleet.untrusted() == 9);
  CHECK(fleet.state_of(first).verdict == verdict::affirming);

  appraisal::policy policy;
  policy.denied.add({hash_algorithm::sha256, appraisal::samples::digest_of("a bad program"), "recalled"});
  REQUIRE(fleet.reload(policy));
  const auto denied = fleet.ask(amended_fleet::by_hand("a bad program", "/usr/bin/bad"));
  REQUIRE_FALSE(denied.ok());
  CHECK(denied.fault().code == errc::denied);
}

TEST_CASE("check 26: while a campaign is under way an amendment is its proposal, or nothing") {
  amended_fleet fleet;
  const auto wanted = fleet.about(fleet.first(), agent);
  const auto digest = fleet.looked_at(wanted);
  auto proposed = wanted;
  proposed.goes = amendment_goes::into_campaign;
  CHECK(says(fleet.ask(proposed), "none is under way"));
  campaign_request plan;
  plan.approval = true;
  plan.canaries = {fleet.machines[1].id};
  REQUIRE(fleet.start_campaign(plan).ok());
  CHECK(says(fleet.ask(amended_fleet::into_force(wanted, digest)), "a campaign is under way"));
  auto other_set = proposed;
  other_set.set = bytes32{9};
  CHECK(says(fleet.ask(other_set), "not to the one that was shown"));
  const auto done = fleet.ask(proposed);
  REQUIRE_MESSAGE(done.ok(), word_of(done));
  CHECK(fleet.phase() == "proposed");
  CHECK(says(fleet.ask(proposed), "has a proposal already"));
  CHECK_FALSE(fleet.step(campaign_verb::stage).ok()); // four eyes
  campaign_order approve{fleet_test::group, campaign_verb::approve, digest, guard::holds, "uid=0 pid=1"};
  CHECK_FALSE(fleet.ask(approve).ok()); // who proposed it
  approve.by = "uid=7 pid=1";
  REQUIRE(fleet.ask(approve).ok());
  REQUIRE(fleet.step(campaign_verb::stage).ok());
  CHECK(fleet.subjects(fleet.first()) == std::vector<std::string>{implanted});
}
