#include "standing/attestation_change.hpp"

#include "appraisal/attestation/appraise_outcome.hpp"
#include "appraisal/attestation/unproven.hpp"
#include "appraisal/policy/signature_rules.hpp"
#include "appraisal/verdict/verdict.hpp"
#include "records/command_batch.hpp"
#include "records/record_codec.hpp"
#include "standing/vouching.hpp"

namespace muster::service {

namespace {

/// Evidence up to this size is judged again here, where all machines wait. Of larger evidence the good half
/// is dropped, and the machine is asked again.
constexpr std::size_t most_claims = std::size_t{1} << 16U;
constexpr std::size_t most_uncovered = std::size_t{8} << 20U;

bool small_enough(const appraisal::attestation_outcome& outcome) {
  std::size_t uncovered = 0;
  for (const auto& run : outcome.uncovered)
    uncovered += run.bytes.size();
  return outcome.files.size() <= most_claims && uncovered <= most_uncovered;
}

/// Evidence was judged by what was in force at its challenge, but is decided by what is in force now. False:
/// it cannot be judged by that, so nothing good may come of it.
bool judge_by(decision_request& request, const context_ptr& now) {
  const auto was = std::exchange(request.context, now);
  if (was->policy == now->policy && was->reference == now->reference && was->staged == now->staged)
    return true;
  if (request.outcome->end == appraisal::attestation_end::failed) return true;
  // Signatures were verified with the keys that were in force then.
  if (!small_enough(*request.outcome)
      || digest_of_pins(was->policy->signatures) != digest_of_pins(now->policy->signatures))
    return false;
  auto judged = std::make_shared<appraisal::attestation_outcome>(*request.outcome);
  appraise_outcome(*judged, now->choice(), *now->policy, now->seed);
  request.outcome = std::move(judged);
  return true;
}

/// Whether the bad news is of an older identity, or of a boot that a newer attestation has replaced.
bool overtaken(const decision_request& late, const settled_node& at) {
  if (late.of != at.node()->generation) return true;
  if (late.outcome->end == appraisal::attestation_end::again) return !ends_lease(at.state(), *late.outcome);
  return at.state().number > late.number && at.state().boot && *at.state().boot != late.boot;
}

/// The state that an outcome is decided on, with findings by what is in force now.
result<state_ptr> up_to_date(const settled_node& at, const node_record& node, const decision_request& request,
                             wall_time now, const decision_ports& ports) {
  const bool whole_boot = request.outcome->what == appraisal::occasion::new_boot;
  if (whole_boot || !at.state().boot_claims || judged_by(at.state(), *request.context))
    return at.shared_state();
  auto judged = ports.appraise(node, at.state(), request.context);
  if (!judged) return judged.fault();
  return std::make_shared<const node_state>(
      take_reappraisal(at.state(), *request.context, *std::move(judged), now).state);
}

/// The state of a node after a change of who vouches for it.
node_state take_voucher(const settled_node& at, const node_state& before, const node_record& now_vouched,
                        wall_time now, node_change& out) {
  auto state = before;
  renew_vouching_finding(state, now_vouched);
  auto text = std::string{to_string(at.node()->level)} + " -> " + std::string{to_string(now_vouched.level)};
  if (!now_vouched.doubt.empty()) text += (now_vouched.denied ? ", denied: " : ", ") + now_vouched.doubt;
  out.batch.enter(now, "service", "vouching", text);
  out.news.push_back({node_news::weight::warning,
                      "vouching.changed",
                      {{"node", to_string(at.id())}, {"name", at.node()->name}, {"what", text}}});
  return state;
}

node_news verdict_news(const settled_node& at, verdict after, std::string why) {
  node_news out{node_news::weight::info,
                "verdict",
                {{"node", to_string(at.id())},
                 {"name", at.node()->name},
                 {"from", std::string{to_string(at.state().verdict)}},
                 {"to", std::string{to_string(after)}}}};
  if (!why.empty()) out.fields.push_back({"why", std::move(why)});
  return out;
}

/// Records nothing. The machine is asked for whole logs at once.
attestation_change ask_again(const settled_node& at) {
  return {{at, change_source::evidence}, {at.shared_state(), true}};
}

/// Whether the record of the boot is damaged or gone, rather than out of reach for now.
bool lost(const fault& why) noexcept { return why.code == errc::malformed || why.code == errc::not_found; }

} // namespace

bool judged_by(const node_state& state, const appraisal_context& context) {
  const auto same = [](const std::optional<bytes32>& on_record, bool there, const bytes32& digest) {
    return there ? on_record == digest : !on_record;
  };
  return state.appraisal_version >= context.version && same(state.policy, true, context.policy_digest)
         && same(state.reference, context.reference != nullptr, context.reference_digest)
         && same(state.staged, context.staged != nullptr, context.staged_digest);
}

result<attestation_change> take_attestation(const settled_node& at, decision_request request,
                                            const decision_setting& setting, const decision_ports& ports) {
  if (!at.node() || at.node()->standing != standing::enrolled)
    return fault{errc::conflict, "attestation: the node is not admitted any more; dropped"};
  const bool newest = setting.newest_session && request.number > at.state().number;
  // It was compared with what its new group does not use, so it gives no verdict and no lease.
  if (request.group != at.node()->group)
    return fault{errc::conflict, "attestation: judged by the group that the node has left; dropped"};
  const bool damaged = !setting.context->damage.empty();
  const bool judged = judge_by(request, setting.context) && !damaged;
  // From an older session or number only bad news counts.
  if ((!newest || !judged) && !std::exchange(request.bad_news, true))
    request.outcome = appraisal::bad_news_of(std::move(request.outcome));
  const bool nothing = request.outcome == nullptr || (request.bad_news && overtaken(request, at));
  if (nothing && damaged) return fault{errc::io, setting.context->damage};
  if (nothing && newest && !judged) return ask_again(at);
  if (nothing) return fault{errc::conflict, "attestation: of an older session or number; dropped"};

  attestation_change out{{at, change_source::evidence}, {}};
  auto& change = out.change;
  const auto wall = setting.now.wall;
  const bool verified = request.outcome->end == appraisal::attestation_end::verified && request.evidence;
  const auto node =
      ports.vouched(at.node(), verified ? request.evidence->attest : ports.newest_attest(at.state()));
  auto before = up_to_date(at, *node, request, wall, ports);
  bool unread = false;
  if (!before) {
    change.news.push_back({node_news::weight::error,
                           "reappraisal.failed",
                           {{"node", to_string(at.id())}, {"check", before.fault().check}}});
    unread = true;
    // Whole logs contain all that the record should have. Without them nothing good can be built on the
    // record, but bad news counts whatever is on record.
    if (request.outcome->what != appraisal::occasion::full_log) {
      request.outcome = appraisal::bad_news_of(std::move(request.outcome));
      if (request.outcome == nullptr && lost(before.fault()) && newest) return ask_again(at);
      if (request.outcome == nullptr) return before.fault();
      request.bad_news = true;
    }
    before = at.shared_state();
  }
  if (node != at.node())
    before = std::make_shared<const node_state>(take_voucher(at, **before, *node, wall, change));

  auto after = decide(**before, *node, request, setting.rules, setting.now);
  after.unread = unread;
  if (unread) after.state.appraisal_version = 0; // what stays of the record was not judged by this context
  after.verdict_changed = after.state.verdict != at.state().verdict;
  after.evidence_kept = after.evidence_kept || after.verdict_changed;
  if (!after.ask_full_log) after.state.evidence_kept = after.evidence_kept;
  if (setting.queue != nullptr && !after.ask_full_log && !request.bad_news) {
    auto queue = *setting.queue;
    change.settled = queue.settle_attest(request.challenged);
    if (!change.settled.empty()) change.queue = std::move(queue);
    change.session = setting.session;
  }
  for (const auto& one : change.settled)
    put_command(change.batch, one);
  change.after.node = node;
  record_decision(change, at.state(), after, *node, request, wall);
  out.answer.state = change.after.state;
  if (after.ask_full_log && !at.state().owes_whole_logs)
    change.news.push_back({node_news::weight::info,
                           "lease.ended",
                           {{"node", to_string(at.id())},
                            {"name", at.node()->name},
                            {"why", request.outcome->reason.empty() ? "the recorded evidence is out of date"
                                                                    : request.outcome->reason}}});
  if (after.alarmed) change.news.push_back(alarm_news(at.id(), change.after.state->alarm->found));
  if (after.verdict_changed) {
    change.news.push_back(verdict_news(at, change.after.state->verdict, {}));
    change.news.back().fields.push_back({"findings", std::uint64_t{change.after.state->findings_total}});
  }
  out.answer.ask_full_log = after.ask_full_log;
  out.answer.outdated = !judged_by(*change.after.state, *setting.context);
  return out;
}

std::vector<finding> bad_findings(const decision_request& request) {
  if (request.outcome == nullptr) return {};
  const auto judged = appraisal::verdict_of(request.outcome->findings, endorsement::vendor,
                                            *request.context->policy, appraisal::reference_state::present);
  return judged == verdict::contraindicated ? request.outcome->findings : std::vector<finding>{};
}

result<node_change> appraise_again(const settled_node& at, const context_ptr& context, wall_time now,
                                   const decision_ports& ports) {
  node_change out{at, change_source::judgement};
  if (!at.node() || at.node()->standing != standing::enrolled) return out;
  const auto node = ports.vouched(at.node(), ports.newest_attest(at.state()));
  if (node == at.node() && (!at.state().boot_claims || judged_by(at.state(), *context))) return out;
  auto state = at.state();
  if (node != at.node()) state = take_voucher(at, state, *node, now, out);
  if (!state.boot_claims) {
    // Nothing of this boot is on record for appraisal. The verdict follows from the findings alone.
    if (at.state().verdict != verdict::none || !state.findings.empty())
      state.verdict = recorded_verdict(state, *node, *context);
    if (state.verdict != at.state().verdict) state.since = now;
    log_verdict(out.batch, now, at.state().verdict, state.verdict, "vouching");
    out.after.node = node;
    out.put(std::move(state));
    return out;
  }
  auto judged = ports.appraise(*node, state, context);
  // What could not be read now may be readable next time. What is too much stays too much, and is not
  // believed.
  if (!judged && judged.fault().code != errc::limit) return judged.fault();
  const auto after = judged ? take_reappraisal(state, *context, *std::move(judged), now)
                            : take_unjudgeable(state, *node, *context, judged.fault(), now);
  out.after.node = node;
  record_reappraisal(out, after, now);
  if (after.verdict_changed) out.news.push_back(verdict_news(at, after.state.verdict, "re-appraised"));
  return out;
}

} // namespace muster::service
