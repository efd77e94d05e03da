// What a campaign may do, and its state afterwards: pure, as a table of ways to break the order of steps.
#include "records/record_codec.hpp"
#include "service/references/campaign_steps.hpp"
#include "service/references/trial_guard.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

constexpr bytes32 old_set{1};
constexpr bytes32 new_set{2};
const signature_of_step ann{"uid=1000 pid=7", {1'000}};
const signature_of_step ann_again{"uid=1000 pid=8", {2'000}};
const signature_of_step bob{"uid=1001 pid=9", {2'000}};

node_id canary(std::uint8_t n) {
  node_id out;
  out.raw[0] = n;
  return out;
}

campaign_plan plan_for(std::string group) {
  campaign_plan out;
  out.group = std::move(group);
  out.canaries = {canary(1), canary(2), canary(3)};
  out.quorum = 2;
  return out;
}

campaign observing(bool approval = false) {
  auto plan = plan_for("web");
  plan.approval_required = approval;
  return begin_campaign({1}, plan, nullptr, old_set, ann).value();
}

campaign proposed(bool approval = false) {
  return propose(observing(approval), new_set, "learnt", ann).value();
}
campaign staged() { return stage(proposed(), ann).value(); }
campaign enforced() { return enforce(staged(), "alone", ann).value(); }

errc code_of(const result<campaign>& got) { return got ? errc::internal : got.fault().code; }

} // namespace

TEST_CASE("a campaign goes from observing over a proposal and a stage to the new set, and records who did "
          "each step") {
  const auto done = enforced();
  CHECK(done.phase == campaign_phase::enforced);
  REQUIRE(done.steps.size() == 4);
  CHECK(done.steps[0].phase == campaign_phase::observing);
  CHECK(done.steps[2].phase == campaign_phase::staged);
  CHECK(done.steps[3].by == ann.by);
  CHECK(done.before == old_set);
  CHECK(done.proposed == new_set);
}

TEST_CASE("no step is skipped: no unread set passes, and none becomes the only one at once") {
  CHECK(code_of(stage(observing(), ann)) == errc::conflict);
  CHECK(code_of(enforce(observing(), "", ann)) == errc::conflict);
  CHECK(code_of(enforce(proposed(), "", ann)) == errc::conflict);
  CHECK(code_of(propose(staged(), bytes32{3}, "", ann)) == errc::conflict);
  CHECK(code_of(stage(enforced(), ann)) == errc::conflict);
  CHECK(code_of(end_campaign(enforced(), ann)) == errc::conflict);
}

TEST_CASE(
    "if approval is required, a proposer cannot approve their own proposal, even from another process") {
  CHECK(code_of(stage(proposed(true), ann)) == errc::denied);
  CHECK(code_of(approve_proposal(proposed(true), new_set, ann_again)) == errc::denied);
  const auto approved = approve_proposal(proposed(true), new_set, bob);
  REQUIRE(approved.ok());
  CHECK(stage(*approved, ann).ok());
}

TEST_CASE(
    "an automatic proposal belongs to the person who started the campaign, who cannot approve it either") {
  const auto by_itself = propose(observing(true), new_set, "learnt", {"service", {1'500}}).value();
  CHECK(code_of(approve_proposal(by_itself, new_set, ann_again)) == errc::denied);
  CHECK(approve_proposal(by_itself, new_set, bob).ok());
}

TEST_CASE("an approval is for one set, and another proposal loses it") {
  CHECK(code_of(approve_proposal(proposed(true), bytes32{9}, bob)) == errc::mismatch);
  auto approved = approve_proposal(proposed(true), new_set, bob).value();
  const auto other = propose(std::move(approved), bytes32{3}, "again", ann);
  REQUIRE(other.ok());
  CHECK(other->approved_by.empty());
  CHECK(code_of(stage(*other, ann)) == errc::denied);
}

TEST_CASE("a set that is in force already cannot be proposed") {
  CHECK(code_of(propose(observing(), old_set, "", ann)) == errc::conflict);
}

TEST_CASE("a stage has an end, and after it only the old set passes") {
  const auto in = staged();
  CHECK(in.stage_ends.milliseconds
        == ann.now.milliseconds + static_cast<std::uint64_t>(in.stage_for.count()));
  CHECK_FALSE(expire(in, {in.stage_ends.milliseconds - 1}));
  const auto over = expire(in, in.stage_ends);
  REQUIRE(over);
  CHECK(over->phase == campaign_phase::expired);
  CHECK_FALSE(expire(enforced(), {~std::uint64_t{0}}));
}

TEST_CASE("each step can be undone, and a step that was undone is not repeated automatically") {
  auto automatic = proposed();
  automatic.automation = campaign_automation::enforce;
  const auto dropped = undo(automatic, old_set, bob).value();
  CHECK(dropped.phase == campaign_phase::observing);
  CHECK_FALSE(dropped.proposed);
  CHECK(dropped.automation == campaign_automation::none);
  const auto unstaged = undo(staged(), old_set, bob).value();
  CHECK(unstaged.phase == campaign_phase::proposed);
  CHECK(unstaged.stage_ends == wall_time{});
  const auto both_again = undo(enforced(), new_set, bob).value();
  CHECK(both_again.phase == campaign_phase::staged);
  CHECK(both_again.stage_ends > bob.now);
  CHECK(code_of(undo(enforced(), bytes32{7}, bob)) == errc::conflict); // another set came since
  CHECK(code_of(undo(observing(), old_set, bob)) == errc::conflict);
}

TEST_CASE("an impossible plan is refused with its field") {
  const auto refused = [](auto&& change, errc code, std::string_view field) {
    auto plan = plan_for("web");
    change(plan);
    const auto got = begin_campaign({1}, plan, nullptr, old_set, ann);
    REQUIRE_FALSE(got.ok());
    CHECK(got.fault().code == code);
    CHECK(got.fault().check.find(field) != std::string::npos);
  };
  refused([](auto& p) { p.quorum = 4; }, errc::malformed, "quorum");
  refused([](auto& p) { p.canaries.push_back(canary(1)); }, errc::malformed, "two votes");
  refused([](auto& p) { p.stage_for = std::chrono::days{91}; }, errc::malformed, "stage_for");
  refused([](auto& p) { p.guard_percent = 101; }, errc::malformed, "guard_percent");
  refused([](auto& p) { p.canaries.clear(), p.quorum = 0, p.automation = campaign_automation::propose; },
          errc::malformed, "automation");
  CHECK(begin_campaign({1}, plan_for("web"), nullptr, {}, ann).fault().code == errc::not_found);
  const auto open = observing();
  CHECK(begin_campaign({2}, plan_for("web"), &open, old_set, ann).fault().code == errc::conflict);
  const auto over = enforced();
  CHECK(begin_campaign({2}, plan_for("web"), &over, new_set, ann).ok());
}

TEST_CASE("a campaign is unchanged after it was stored, and a damaged one is a fault") {
  auto in = staged();
  in.rules = {1, 2, 3};
  const auto stored = to_record(in);
  const auto back = campaign_from(in.number, stored.read_back());
  REQUIRE(back.ok());
  CHECK(*back == in);
  auto without = in;
  without.proposed.reset();
  CHECK_FALSE(campaign_from(in.number, to_record(without).read_back()).ok());
}

TEST_CASE("the history of steps is bounded, and the starter is never forgotten") {
  auto in = proposed();
  for (unsigned i = 0; i < 2 * campaign::max_steps; ++i)
    in = propose(std::move(in), bytes32{static_cast<std::uint8_t>(3 + i % 2)}, "again", bob).value();
  CHECK(in.steps.size() == campaign::max_steps);
  CHECK(in.steps.front().by == ann.by);
}

TEST_CASE(
    "the guard counts good machines that turn bad, and allows any change for a group without machines") {
  trial_outcome tried;
  tried.machines = 100;
  tried.good = 50;
  tried.turning_bad = 5;
  CHECK(check_guard(tried, "web", 10).ok());
  tried.turning_bad = 6;
  CHECK(check_guard(tried, "web", 10).fault().code == errc::denied);
  CHECK(check_guard(tried, "web", 100).ok());
  tried.turning_bad = 0;
  tried.unreadable = 6; // their outcome is unknown
  CHECK(check_guard(tried, "web", 10).fault().code == errc::denied);
  tried.unreadable = 0;
  tried.good = 0;
  CHECK(check_guard(tried, "web", 0).ok());
}

TEST_CASE("check 31: a single machine never makes the guard refuse, however small its group is") {
  struct row {
    std::uint64_t turning_bad;
    std::uint64_t good;
    unsigned percent;
    bool passes;
  };
  for (const auto& [turning_bad, good, percent, passes] :
       {row{1, 1, 10, true}, row{1, 9, 10, true}, row{1, 9, 0, true}, row{2, 2, 10, false},
        row{2, 9, 10, false}, row{2, 19, 10, false}, row{2, 20, 10, true}, row{3, 20, 10, false},
        row{2, 100, 0, false}}) {
    CAPTURE(turning_bad);
    CAPTURE(good);
    CAPTURE(percent);
    trial_outcome tried;
    tried.machines = tried.good = good;
    tried.turning_bad = turning_bad;
    const auto said = check_guard(tried, "small", percent);
    CHECK(said.ok() == passes);
    if (said) continue;
    CHECK(said.fault().check.find("more than one machine and more than " + std::to_string(percent) + " %")
          != std::string::npos);
  }
  // A record that cannot be read counts as one of them.
  trial_outcome tried;
  tried.machines = 2;
  tried.good = tried.turning_bad = tried.unreadable = 1;
  CHECK(check_guard(tried, "small", 10).fault().code == errc::denied);
}
