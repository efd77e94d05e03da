#include "service/references/campaign_steps.hpp"

#include <algorithm>

namespace muster::service {

namespace {

constexpr std::string_view of_itself = "service";

/// The person in "uid=0 pid=123", who may come back with another process.
std::string_view person_of(std::string_view by) noexcept { return by.substr(0, by.find(' ')); }

/// What leads out of a phase in which no set can be proposed.
std::string way_to_propose(const campaign& in) {
  return in.phase == campaign_phase::staged ? "undo the stage first: muster campaign undo " + in.group
                                            : "begin another: muster campaign start " + in.group;
}

fault not_now(const campaign& in, std::string_view wanted, std::string_view remedy) {
  return {errc::conflict, "campaign: it is " + std::string{to_string(in.phase)} + ", so it cannot be "
                              + std::string{wanted} + "; " + std::string{remedy}};
}

campaign step(campaign in, campaign_phase to, std::string text, const signature_of_step& who) {
  in.phase = to;
  // The oldest steps make room, except the first: who began the campaign is never forgotten.
  if (in.steps.size() == campaign::max_steps) in.steps.erase(in.steps.begin() + 1);
  in.steps.push_back({to, who.now, who.by, std::move(text)});
  return in;
}

wall_time after(wall_time now, std::chrono::milliseconds length) {
  return {now.milliseconds + static_cast<std::uint64_t>(length.count())};
}

status check_plan(const campaign_plan& plan) {
  if (plan.group.empty()) return fault{errc::malformed, "group: is empty"};
  if (plan.canaries.size() > campaign::max_canaries)
    return fault{errc::malformed, "canaries: expected at most 64 machines"};
  auto distinct = plan.canaries;
  std::ranges::sort(distinct);
  if (std::ranges::adjacent_find(distinct) != distinct.end())
    return fault{errc::malformed, "canaries: one machine is named twice, and would have two votes"};
  if (plan.quorum > plan.canaries.size())
    return fault{errc::malformed, "quorum: there are fewer canaries than must agree"};
  if (plan.automation != campaign_automation::none && plan.canaries.empty())
    return fault{errc::malformed, "automation: a campaign without canaries has nothing to learn from"};
  if (plan.stage_for <= std::chrono::milliseconds{0} || plan.stage_for > longest_stage)
    return fault{errc::malformed, "stage_for: expected a second to 90 days"};
  if (plan.guard_percent > 100) return fault{errc::malformed, "guard_percent: expected 0 to 100"};
  return {};
}

} // namespace

result<campaign> begin_campaign(campaign_number number, const campaign_plan& plan, const campaign* newest,
                                const std::optional<bytes32>& before, const signature_of_step& who) {
  if (const auto good = check_plan(plan); !good) return good.fault();
  if (newest != nullptr && is_open(newest->phase))
    return fault{errc::conflict, "campaign: group " + plan.group + " is in campaign "
                                     + std::to_string(newest->number.value) + ", which is "
                                     + std::string{to_string(newest->phase)}
                                     + "; end it first: muster campaign end " + plan.group};
  if (!before)
    return fault{errc::not_found, "campaign: group " + plan.group
                                      + " has no reference yet; the first one is accepted: muster reference "
                                        "accept "
                                      + plan.group + " --from NODE"};
  campaign out;
  out.number = number;
  out.group = plan.group;
  out.canaries = plan.canaries;
  out.quorum = plan.quorum != 0 ? plan.quorum : static_cast<std::uint32_t>(plan.canaries.size());
  out.rules = plan.rules;
  out.before = *before;
  out.approval_required = plan.approval_required;
  out.stage_for = plan.stage_for;
  out.automation = plan.automation;
  out.guard_percent = plan.guard_percent;
  return step(std::move(out), campaign_phase::observing, "begun", who);
}

result<campaign> propose(campaign in, const bytes32& set, const std::string& text,
                         const signature_of_step& who) {
  if (in.phase != campaign_phase::observing && in.phase != campaign_phase::proposed)
    return not_now(in, "given another proposal", way_to_propose(in));
  if (set == in.before)
    return fault{errc::conflict, "campaign: the proposal is what is in force already; upgrade the canaries, "
                                 "reboot them where the boot changes, and let them attest"};
  in.proposed = set;
  in.proposed_by = who.by;
  in.approved_by.clear();
  return step(std::move(in), campaign_phase::proposed, text, who);
}

result<campaign> approve_proposal(campaign in, const bytes32& set, const signature_of_step& who) {
  if (in.phase != campaign_phase::proposed) return not_now(in, "approved", "only a proposal can be");
  if (!in.proposed || *in.proposed != set)
    return fault{errc::mismatch, "campaign: another set is proposed now; read it, and approve that: muster "
                                 "campaign show "
                                     + in.group};
  // What a campaign proposes by itself counts as proposed by the person who began it and chose its canaries.
  const auto& author = in.proposed_by == of_itself ? in.steps.front().by : in.proposed_by;
  if (person_of(who.by) == person_of(author))
    return fault{errc::denied, "campaign: the proposer of a set cannot approve it; another person must"};
  in.approved_by = who.by;
  return step(std::move(in), campaign_phase::proposed, "approved", who);
}

result<campaign> stage(campaign in, const signature_of_step& who) {
  if (in.phase != campaign_phase::proposed) return not_now(in, "staged", "only a proposal can be");
  if (in.approval_required && in.approved_by.empty())
    return fault{errc::denied, "campaign: another person than the proposer must approve it first: muster "
                               "campaign approve "
                                   + in.group + " --set DIGEST"};
  in.stage_ends = after(who.now, in.stage_for);
  return step(std::move(in), campaign_phase::staged, "the old and the new set pass", who);
}

result<campaign> enforce(campaign in, const std::string& text, const signature_of_step& who) {
  if (in.phase != campaign_phase::staged)
    return not_now(in, "enforced", "stage it first: muster campaign stage " + in.group);
  in.stage_ends = {};
  return step(std::move(in), campaign_phase::enforced, text, who);
}

result<campaign> undo(campaign in, const bytes32& in_force, const signature_of_step& who) {
  switch (in.phase) {
  case campaign_phase::proposed:
    in.proposed.reset();
    in.proposed_by.clear();
    in.approved_by.clear();
    in.automation = campaign_automation::none; // otherwise it would propose the same set again
    return step(std::move(in), campaign_phase::observing, "proposal dropped", who);
  case campaign_phase::staged:
    in.stage_ends = {};
    in.automation = campaign_automation::none;
    return step(std::move(in), campaign_phase::proposed, "stage undone: only the old set passes", who);
  case campaign_phase::enforced:
    if (in.proposed != in_force)
      return fault{errc::conflict, "campaign: another set was put into force since; begin a campaign that "
                                   "leads back"};
    in.stage_ends = after(who.now, in.stage_for);
    in.automation = campaign_automation::none;
    return step(std::move(in), campaign_phase::staged,
                "undone: the old set passes again, as well as the new one", who);
  default: return not_now(in, "undone", "nothing of it is in force");
  }
}

result<campaign> end_campaign(campaign in, const signature_of_step& who) {
  if (!is_open(in.phase)) return not_now(in, "ended", "it is over");
  in.stage_ends = {};
  return step(std::move(in), campaign_phase::ended, "given up: only the old set passes", who);
}

std::optional<campaign> expire(const campaign& in, wall_time now) {
  if (in.phase != campaign_phase::staged || now < in.stage_ends) return std::nullopt;
  auto out = in;
  out.stage_ends = {};
  return step(std::move(out), campaign_phase::expired,
              "the stage ended before the new set was enforced: only the old set passes", {"service", now});
}

} // namespace muster::service
