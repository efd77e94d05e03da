// Campaigns: what people order, and what happens by itself.
#include "appraisal/extraction/reference_diff.hpp"
#include "appraisal/reference/extraction_codec.hpp"
#include "records/record_codec.hpp"
#include "service/references/learning.hpp"
#include "service/references/references.hpp"
#include "service/references/show_campaign.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

constexpr std::chrono::minutes stage_trial_timeout{10};
constexpr std::string_view by_itself = "service";

/// For lists: names the canaries without reading anything about them.
campaign_details not_looked_at(const campaign& in) {
  campaign_details out;
  for (const auto& id : in.canaries)
    out.canaries.push_back({id, {}, "see campaign show"});
  return out;
}

fault no_campaign(const std::string& group) {
  return {errc::not_found, "campaign: group " + group + " has none; begin one: muster campaign start " + group
                               + " --canary NODE"};
}

std::string count_of(std::size_t n, std::string_view what) {
  return std::to_string(n) + " " + std::string{what} + (n == 1 ? "" : "s");
}

/// The first few of the files that too few canaries measured.
std::string some_left_out(const appraisal::quorum_extraction& in) {
  if (in.listed.empty()) return {};
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(in.listed.size(), 3); ++i)
    out += (i == 0 ? " (" : ", ") + printable(in.listed[i].path, 100);
  return in.files_left_out > 3 ? out + ", ...)" : out + ")";
}

/// Whether a step takes a set away from machines that pass because of it.
bool takes_away(campaign_verb verb) noexcept {
  return verb == campaign_verb::enforce || verb == campaign_verb::undo || verb == campaign_verb::end;
}

/// What a proposal learnt from canaries says about its origin.
std::string provenance(const learnt& in) {
  auto out = "learnt from " + count_of(in.learnt_from.size(), "machine");
  if (!in.from.dissenters.empty())
    out += "; with a different boot: " + count_of(in.from.dissenters.size(), "machine");
  if (in.from.files_left_out != 0)
    out += "; " + count_of(in.from.files_left_out, "file") + " that too few canaries measured"
           + some_left_out(in.from);
  return out;
}

} // namespace

void references_state::put_step(change& planned, std::string action, const std::string& by) {
  const auto& step = *planned.step;
  planned.batch.put<tables::campaigns>(step.number, to_record(step));
  planned.batch.append_audit(
      audit_entry(now(), by, "campaign." + action, {},
                  "group " + step.group + ", campaign " + std::to_string(step.number.value) + ": "
                      + step.steps.back().text + (step.proposed ? ", set " + to_hex(*step.proposed) : "")));
  if (planned.context) {
    planned.batch.put<tables::groups>(group_key(step.group),
                                      planned.next.group_record(step.group, {now(), by, {}}));
    planned.batch.put<tables::settings>(settings_key(), planned.next.settings_record());
  }
  planned.event = "campaign." + action;
  planned.reply = [this, group = step.group] { return show_campaign(group); };
}

references_state::promise references_state::start_campaign(const campaign_request& wanted) {
  return begin_change([this, wanted](const answer& reply) {
    if (const auto context = deps_.in_force.of(wanted.group); !context->damage.empty())
      return end_change(reply, rest_answer{fault{errc::io, context->damage}});
    campaign_plan plan;
    plan.group = wanted.group;
    plan.canaries = wanted.canaries;
    plan.quorum = wanted.quorum;
    plan.rules = wanted.rules;
    plan.approval_required = wanted.approval;
    plan.automation = wanted.automation;
    plan.guard_percent = deps_.rules->load()->guard_percent;
    if (wanted.stage_for.count() != 0) plan.stage_for = wanted.stage_for;
    if (!wanted.rules.empty()) {
      const auto stored = parse_view<records::ExtractionRules>(frame::copy_of(wanted.rules));
      const auto rules = stored ? appraisal::extraction_rules_from(*stored)
                                : result<appraisal::extraction_rules>{stored.fault()};
      if (!rules) return end_change(reply, rest_answer{rules.fault()});
    }
    auto begun = service::begin_campaign(deps_.campaigns.next_number(), plan, deps_.campaigns.of(plan.group),
                                         deps_.in_force.in_force(plan.group), {wanted.by, now()});
    if (!begun) return end_change(reply, rest_answer{begun.fault()});
    if (const auto good = check_canaries(*deps_.reader, *begun); !good)
      return end_change(reply, rest_answer{good.fault()});
    const auto planned = std::make_shared<change>(deps_.in_force);
    planned->step = std::move(*begun);
    put_step(*planned, "start", wanted.by);
    settling_.erase(wanted.group);
    store(planned, reply);
  });
}

/// A step that changes only the campaign's own record.
result<references_state::change_ptr> references_state::plan_of(campaign step, std::string action) {
  const auto planned = std::make_shared<change>(deps_.in_force);
  const auto by = step.steps.back().by;
  planned->step = std::move(step);
  put_step(*planned, std::move(action), by);
  return planned;
}

result<references_state::change_ptr> references_state::plan_proposal(const campaign_order& order,
                                                                     const campaign& in) {
  const signature_of_step who{order.by, now()};
  if (order.set) {
    const auto found = set_to_choose(*deps_.reader, *order.set, *deps_.in_force.of(in.group));
    if (!found) return found.fault();
    if (const auto allowed = deps_.in_force.allows(in.group, found->set); !allowed) return allowed.fault();
    auto step = propose(in, *order.set, "a set on record", who);
    if (!step) return step.fault();
    return plan_of(std::move(*step), "propose");
  }
  const auto taught = learn(*deps_.reader, in, *deps_.in_force.of(in.group)).taught;
  if (!taught) return taught.fault();
  const auto stored = appraisal::to_record(taught->from.content);
  auto step = propose(in, crypto::sha256(stored.content()), provenance(*taught), who);
  if (!step) return step.fault();
  auto planned = plan_of(std::move(*step), "propose");
  if (planned) (*planned)->batch.add_reference(stored);
  return planned;
}

result<references_state::change_ptr> references_state::plan_step(const campaign_order& order,
                                                                 const campaign& in) {
  const signature_of_step who{order.by, now()};
  const auto planned = std::make_shared<change>(deps_.in_force);
  const auto finish = [&](campaign step, const char* action) -> result<change_ptr> {
    planned->step = std::move(step);
    put_step(*planned, action, order.by);
    return planned;
  };
  switch (order.verb) {
  case campaign_verb::propose: return plan_proposal(order, in);
  case campaign_verb::approve: {
    if (!order.set)
      return fault{errc::malformed, "set: say which set is approved; `muster campaign show` has it"};
    auto step = approve_proposal(in, *order.set, who);
    if (!step) return step.fault();
    return plan_of(std::move(*step), "approve");
  }
  case campaign_verb::stage: {
    auto step = stage(in, who);
    if (!step) return step.fault();
    auto set = load_set(*deps_.reader, *step->proposed);
    if (!set) return set.fault();
    auto staged = planned->next.stage(in.group, std::move(*set));
    if (!staged) return staged.fault();
    planned->context = std::move(*staged);
    return finish(std::move(*step), "stage");
  }
  case campaign_verb::enforce: {
    auto step = enforce(
        in, order.guard == guard::overruled ? "the new set alone, guard overruled" : "the new set alone",
        who);
    if (!step) return step.fault();
    auto set = load_set(*deps_.reader, *step->proposed);
    if (!set) return set.fault();
    auto alone = planned->next.accept(in.group, std::move(*set));
    if (!alone) return alone.fault();
    planned->context = std::move(*alone);
    return finish(std::move(*step), "enforce");
  }
  case campaign_verb::undo: {
    auto step = undo(in, deps_.in_force.in_force(in.group).value_or(bytes32{}), who);
    if (!step) return step.fault();
    if (in.phase == campaign_phase::staged) planned->context = planned->next.unstage(in.group);
    if (in.phase == campaign_phase::enforced) {
      auto before = load_set(*deps_.reader, in.before);
      if (!before) return before.fault();
      auto proposed = load_set(*deps_.reader, *in.proposed);
      if (!proposed) return proposed.fault();
      if (auto back = planned->next.accept(in.group, std::move(*before)); !back) return back.fault();
      auto beside = planned->next.stage(in.group, std::move(*proposed));
      if (!beside) return beside.fault();
      planned->context = std::move(*beside);
    }
    return finish(std::move(*step), "undo");
  }
  case campaign_verb::end: {
    auto step = end_campaign(in, who);
    if (!step) return step.fault();
    if (in.phase == campaign_phase::staged) planned->context = planned->next.unstage(in.group);
    return finish(std::move(*step), "end");
  }
  }
  return fault{errc::internal, "campaign: there is no such step"};
}

void references_state::carry_out(const campaign_order& order, const answer& reply) {
  const auto* known = deps_.campaigns.of(order.group);
  if (known == nullptr) return end_change(reply, rest_answer{no_campaign(order.group)});
  const auto planned = plan_step(order, *known);
  if (!planned) return end_change(reply, rest_answer{planned.fault()});
  settling_.erase(order.group);
  ending_.erase(known->number); // another stage ends otherwise
  if ((*planned)->context && takes_away(order.verb) && order.guard == guard::holds)
    guarded(*planned, known->guard_percent, reply);
  else
    store(*planned, reply);
}

references_state::promise references_state::move_campaign(const campaign_order& order) {
  return begin_change([this, order](const answer& reply) { carry_out(order, reply); });
}

rest_answer references_state::shown(const campaign& one) const {
  campaign_details details;
  const auto context = deps_.in_force.of(one.group);
  if (one.phase == campaign_phase::observing && !one.canaries.empty()) {
    auto lesson = learn(*deps_.reader, one, *context);
    details.learnable = lesson.taught ? "yes" : lesson.taught.fault().check;
    details.canaries = std::move(lesson.canaries);
  } else
    details.canaries = look_at_canaries(*deps_.reader, one, *context);
  if (const auto ending = ending_.find(one.number);
      ending != ending_.end() && one.phase == campaign_phase::staged)
    details.when_it_ends = ending->second;
  if (one.proposed) {
    const auto before = load_set(*deps_.reader, one.before);
    const auto after = load_set(*deps_.reader, *one.proposed);
    if (!before) return rest_answer{before.fault()};
    if (!after) return rest_answer{after.fault()};
    const auto difference = appraisal::compare_references(before->set.get(), *after->set);
    details.difference = lines_of(difference, max_difference_lines);
    details.summary = summary_of(difference);
  }
  return frame::adopt(
      build<rest::Campaign>([&](rest::Campaign::Builder out) { put_campaign(out, one, details); }));
}

rest_answer references_state::show_campaign(const std::string& group) const {
  if (!group.empty()) {
    const auto* known = deps_.campaigns.of(group);
    return known == nullptr ? rest_answer{no_campaign(group)} : shown(*known);
  }
  return frame::adopt(build<rest::CampaignList>([&](rest::CampaignList::Builder out) {
    const auto& all = deps_.campaigns.all();
    auto list = out.initCampaigns(static_cast<unsigned>(all.size()));
    unsigned i = 0;
    for (const auto& [name, one] : all)
      put_campaign(list[i++], one, not_looked_at(one));
  }));
}

/// A staged set without a campaign would pass for ever. The steps of a campaign and the sets of its group are
/// stored in one transaction, so such a set means that something else wrote the database or that the
/// campaign's record is damaged.
bool references_state::drop_one_orphan() {
  for (const auto& [group, set] : deps_.in_force.staged()) {
    const auto* known = deps_.campaigns.of(group);
    if (known != nullptr && known->phase == campaign_phase::staged && known->proposed == set) continue;
    storing_ = true;
    const auto planned = std::make_shared<change>(deps_.in_force);
    planned->context = planned->next.unstage(group);
    planned->event = "campaign.orphan_dropped";
    planned->batch.put<tables::groups>(
        group_key(group), planned->next.group_record(group, {now(), std::string{by_itself}, {}}));
    planned->batch.put<tables::settings>(settings_key(), planned->next.settings_record());
    planned->batch.append_audit(
        audit_entry(now(), std::string{by_itself}, "campaign.orphan_dropped", {},
                    "group " + group + ": a set was staged by no campaign, " + to_hex(set)));
    planned->reply = [] { return rest_answer{frame{}}; };
    store(planned, [](const rest_answer&) {});
    return true;
  }
  return false;
}

/// Ends one stage whose time is up. Only the set in force passes again: a stage never lasts longer than was
/// ordered.
bool references_state::expire_one() {
  for (const auto& [group, one] : deps_.campaigns.all()) {
    auto over = expire(one, now());
    if (!over) continue;
    // A campaign that is to enforce by itself does so at the end, as far as the guard allows.
    if (one.automation == campaign_automation::enforce && last_chance_.insert(one.number).second) {
      advance_with(campaign{one}, campaign_verb::enforce);
      return true;
    }
    storing_ = true;
    const auto planned = std::make_shared<change>(deps_.in_force);
    planned->context = planned->next.unstage(group);
    planned->step = std::move(*over);
    put_step(*planned, "expire", std::string{by_itself});
    store(planned, [this, group = group](const rest_answer& done) {
      if (!done)
        deps_.log.error("campaign.not_stored", {{"group", group}, runtime::fault_check(done.fault())});
    });
    return true;
  }
  return false;
}

/// Proposes what canaries teach once it has not changed for a while: a machine in the middle of its upgrade
/// teaches something new with every file.
void references_state::propose_when_settled(const campaign& one) {
  const auto& context = *deps_.in_force.of(one.group);
  const auto mark = mark_of_lesson(*deps_.reader, one, context);
  auto& settling = settling_[one.group];
  if (settling.mark != mark) { // learning reads all claims of all canaries: only after a change
    settling.mark = mark;
    const auto taught = learn(*deps_.reader, one, context).taught;
    std::optional<bytes32> set;
    if (taught) set = crypto::sha256(appraisal::to_record(taught->from.content).content());
    if (settling.set != set) settling.since = deps_.clock->since_boot();
    settling.set = set;
  }
  if (!settling.set || *settling.set == one.before) return;
  const auto stood = deps_.clock->since_boot().milliseconds - settling.since.milliseconds;
  if (stood >= static_cast<std::uint64_t>(deps_.rules->load()->settle.count()))
    advance_with(one, campaign_verb::propose);
}

void references_state::advance_with(const campaign& one, campaign_verb verb) {
  storing_ = true;
  carry_out({one.group, verb, {}, guard::holds, std::string{by_itself}},
            [this, group = one.group](const rest_answer& done) {
              if (!done)
                deps_.log.warning("campaign.waits", {{"group", group}, runtime::fault_check(done.fault())});
            });
}

/// Enforces by itself if no machine would turn bad. Tries again only after something new was recorded.
void references_state::enforce_when_all_pass(const campaign& one) {
  const auto newest = deps_.reader->newest();
  if (!newest || *newest == tried_at_[one.group]) return;
  auto step = enforce(one, {}, {std::string{by_itself}, now()});
  auto set = load_set(*deps_.reader, one.proposed.value_or(bytes32{}));
  if (!step || !set) return;
  tried_at_[one.group] = *newest;
  auto next = deps_.in_force;
  auto alone = next.accept(one.group, std::move(*set));
  if (!alone) return;
  self_->request(deps_.survey, stage_trial_timeout, try_atom::value, std::move(*alone))
      .then(
          [this, group = one.group, set = one.proposed](const trial_reply& tried) {
            // An operator may have moved the campaign on meanwhile: what was tried must still be staged.
            const auto* known = deps_.campaigns.of(group);
            const bool same = known != nullptr && known->phase == campaign_phase::staged
                              && known->automation == campaign_automation::enforce && known->proposed == set;
            if (!tried || !same || storing_) return;
            if ((*tried)->turning_bad + (*tried)->unreadable == 0)
              advance_with(campaign{*known}, campaign_verb::enforce);
          },
          [](const caf::error&) {});
}

/// The end of a stage cannot be refused, so the campaign's page and the log say beforehand what it will do.
void references_state::warn_of_end(const campaign& one) {
  constexpr std::chrono::milliseconds earliest = std::chrono::hours{24};
  const auto ahead = static_cast<std::uint64_t>(std::min(one.stage_for / 4, earliest).count());
  if (one.phase != campaign_phase::staged || now().milliseconds + ahead < one.stage_ends.milliseconds) return;
  if (!ending_.emplace(one.number, std::string{}).second) return;
  auto next = deps_.in_force;
  auto alone = next.unstage(one.group);
  if (!alone) return; // no machine of the group is judged
  self_->request(deps_.survey, stage_trial_timeout, try_atom::value, std::move(alone))
      .then(
          [this, group = one.group, number = one.number](const trial_reply& tried) {
            if (!tried) return void(ending_.erase(number)); // the next tick asks again
            const auto bad = (*tried)->turning_bad + (*tried)->unreadable;
            ending_[number] = count_of(bad, "good machine") + " will turn untrusted";
            if (bad > 0)
              deps_.log.warning("campaign.stage_ends_soon", {{"group", group}, {"turning_untrusted", bad}});
          },
          [this, number = one.number](const caf::error&) { ending_.erase(number); });
}

void references_state::advance(const campaign& one) {
  const auto wanted = one.automation;
  if (one.phase == campaign_phase::observing && wanted >= campaign_automation::propose)
    return propose_when_settled(one);
  const bool may_stage = !one.approval_required || !one.approved_by.empty();
  if (one.phase == campaign_phase::proposed && wanted >= campaign_automation::stage && may_stage)
    return advance_with(one, campaign_verb::stage);
  if (one.phase == campaign_phase::staged && wanted >= campaign_automation::enforce)
    return enforce_when_all_pass(one);
}

void references_state::tick() {
  self_->delayed_send(self_, deps_.rules->load()->check_every, tick_atom::value);
  if (unstored_) waiting_ = std::exchange(unstored_, nullptr);
  if (!storing_) take_waiting_policies();
  if (storing_ || expire_one() || drop_one_orphan()) return;
  // Round robin: a group that always has something to do must not starve the others.
  const auto& all = deps_.campaigns.all();
  auto at = all.upper_bound(last_advanced_);
  for (std::size_t left = all.size(); left > 0 && !storing_; --left, ++at) {
    if (at == all.end()) at = all.begin();
    last_advanced_ = at->first;
    const auto& one = at->second;
    warn_of_end(one);
    if (one.automation != campaign_automation::none && is_open(one.phase)) advance(campaign{one});
  }
}

} // namespace muster::service
