// Attestations that ended, and records that are appraised again.
#include "appraisal/unproven.hpp"
#include "records/record_codec.hpp"
#include "service/trust_mgr/commit.hpp"

namespace muster::service {

namespace {

/// Records that one message of re-appraisal looks at: others have their turn in between.
constexpr std::size_t reappraisal_page = 16;
constexpr std::chrono::seconds reappraisal_pause{1}; ///< when the store could not be read

/// Whether the findings on record are those of this set and policy. Versions alone would do, but for a crash
/// between a version and the settings that name it.
bool judged_by(const node_state& state, const appraisal_context& context) {
  const auto same = [](const std::optional<bytes32>& on_record, bool there, const bytes32& digest) {
    return there ? on_record == digest : !on_record;
  };
  return state.appraisal_version >= context.version && same(state.policy, true, context.policy_digest)
         && same(state.reference, context.reference != nullptr, context.reference_digest)
         && same(state.staged, context.staged != nullptr, context.staged_digest);
}

/// Bad news of an older identity, or of a boot that a newer attestation has left behind.
bool overtaken(const decision_request& late, const node_entry& known) {
  if (late.of != known.node->generation) return true;
  return known.state->number > late.number && known.state->boot && *known.state->boot != late.boot;
}

} // namespace

trust_mgr_state::promise<decision_reply> trust_mgr_state::take(const decision_request& request) {
  auto reply = self_->make_response_promise<decision_reply>();
  // What it builds on must be on record: claims, and which result is the newest.
  when_stored(request.node, [this, request, reply] { take_now(request, reply); });
  return reply;
}

/// The state that an outcome is decided on. An increment covers only new entries. The stored findings may
/// come from an older set or policy, so they are computed again first; otherwise a machine could pass under a
/// set that was never applied to its earlier entries.
result<std::shared_ptr<const node_state>> trust_mgr_state::up_to_date(const decision_request& request,
                                                                      const node_entry& known) {
  const auto& state = *known.state;
  const auto& context = *request.context;
  const bool whole_boot = request.outcome->what == appraisal::occasion::new_boot;
  if (whole_boot || !state.boot_claims || state.appraisal_version >= context.version) return known.state;
  auto judged = appraiser_of(request.context).appraise(*known.node, state);
  if (!judged) return judged.fault();
  return std::make_shared<const node_state>(
      take_reappraisal(state, context, *std::move(judged), deps_.clock->wall()).state);
}

void trust_mgr_state::take_now(decision_request request, promise<decision_reply> reply) {
  const auto refuse = [&](const fault& why) { reply.deliver(decision_reply{why}); };
  const auto known = book_->find(request.node);
  if (!known) return refuse(known.fault());
  if (!known->node || known->node->standing != standing::enrolled)
    return refuse({errc::conflict, "attestation: the node is not admitted any more; dropped"});
  // Of an older session or number only what is bad counts.
  const auto session = sessions_.find(request.node);
  const bool newest = session != sessions_.end() && session->second.epoch == request.epoch
                      && request.number > known->state->number;
  if (!newest && !std::exchange(request.bad_news, true))
    request.outcome = appraisal::bad_news_of(std::move(request.outcome));
  if (request.outcome == nullptr || (request.bad_news && overtaken(request, *known)))
    return refuse({errc::conflict, "attestation: of an older session or number; dropped"});
  // What it was compared with is no business of its new group: no verdict, and no lease, comes of it.
  const bool moved = request.bad_news || session->second.moved;
  if (moved && request.context->group != context_of(known->node->group)->group)
    return refuse({errc::conflict, "attestation: judged by the group that the node has left; dropped"});
  const bool verified = request.outcome->end == appraisal::attestation_end::verified && request.evidence;
  const auto node =
      vouched_now(known->node, verified ? request.evidence->attest : newest_attest(*known->state));
  auto before = up_to_date(request, {node, known->state});
  if (!before) {
    deps_.log.error("reappraisal.failed",
                    {{"node", to_string(request.node)}, runtime::fault_check(before.fault())});
    // Nothing good can be built on it. What is bad counts whatever else is on record.
    request.outcome = appraisal::bad_news_of(std::move(request.outcome));
    if (request.outcome == nullptr) return refuse(before.fault());
    request.bad_news = true;
    before = known->state;
  }

  auto rules = deps_.rules->load()->decision;
  if (deps_.board->rolled_back()) rules.leases = lease_rule::withheld;
  const auto moment = now();
  const auto shown = known->state->verdict; // what people saw until now
  write_batch batch;
  if (node != known->node) {
    auto renewed = **before;
    renew_vouching_finding(renewed, *node);
    before = std::make_shared<const node_state>(std::move(renewed));
    record_vouching(batch, *known->node, *node);
  }
  auto after = decide(**before, *node, request, rules, moment);
  after.verdict_changed = after.state.verdict != shown;
  after.evidence_kept = after.evidence_kept || after.verdict_changed;
  if (!after.ask_full_log) after.state.evidence_kept = after.evidence_kept;
  const auto queue = queues_.find(request.node);
  std::vector<command_record> settled;
  if (queue != queues_.end() && !after.ask_full_log && !request.bad_news)
    settled = queue->second.settle_attest(request.challenged);
  store_commands(batch, settled);
  auto state =
      std::make_shared<node_state>(record_decision(batch, *known->state, after, *node, request, moment.wall));
  book_->lay(request.node, {node, state});
  if (after.alarmed)
    deps_.log.error("identity.alarm", {{"node", to_string(request.node)}, {"found", state->alarm->found}});
  if (after.verdict_changed)
    deps_.log.info("verdict", {{"node", to_string(request.node)},
                               {"name", known->node->name},
                               {"from", to_string(shown)},
                               {"to", to_string(state->verdict)},
                               {"findings", state->findings_total}});
  const bool ask_full_log = after.ask_full_log;
  const bool outdated = !judged_by(*state, *context_of(known->node->group));
  commit(std::move(batch), request.node, reply,
         [this, state, ask_full_log, settled, outdated, id = request.node](sequence at) {
           if (!ask_full_log) state->result = at;
           settle(settled);
           if (outdated) {
             again_.push_back(id);
             self_->send(self_, reappraise_atom::value);
           }
           return decision_reply{decision{state, ask_full_log}};
         });
}

void trust_mgr_state::change_context(const context_ptr& context) {
  if (context->group.empty()) base_ = context;
  contexts_[context->group] = context;
  for (const auto& [id, session] : sessions_)
    if (context_of(session.group) == context) self_->send(session.session, context_atom::value, context);
  scan_from_.reset();
  if (!std::exchange(scanning_, true)) self_->send(self_, reappraise_atom::value);
}

record_appraiser& trust_mgr_state::appraiser_of(const context_ptr& context) {
  auto& one = appraisers_[context->group];
  if (!one || one->context() != context) one = std::make_unique<record_appraiser>(deps_.reader, context);
  return *one;
}

/// Nothing of this boot is on record to be appraised: the verdict follows from the findings alone.
void trust_mgr_state::judge_by_findings(write_batch& batch, const node_id& id, const node_state& before,
                                        const node_ptr& node, node_state state,
                                        const appraisal_context& context) {
  const auto wall = deps_.clock->wall();
  if (before.verdict != verdict::none || !state.findings.empty())
    state.verdict = recorded_verdict(state, *node, context);
  if (state.verdict != before.verdict) state.since = wall;
  log_verdict(batch, wall, id, before.verdict, state.verdict, "vouching");
  batch.put<tables::states>(id, to_record(state));
  book_->lay(id, {node, std::make_shared<const node_state>(std::move(state))});
}

bool trust_mgr_state::reappraise_one(const node_id& id) {
  if (book_->on_its_way(id)) return false;
  const auto known = book_->find(id);
  if (!known || !known->node || known->node->standing != standing::enrolled) return true;
  const auto context = context_of(known->node->group);
  const auto node = vouched_now(known->node, newest_attest(*known->state));
  if (node == known->node && (!known->state->boot_claims || judged_by(*known->state, *context))) return true;
  write_batch batch;
  auto state = known->state;
  if (node != known->node) {
    auto renewed = *state;
    renew_vouching_finding(renewed, *node);
    state = std::make_shared<const node_state>(std::move(renewed));
    record_vouching(batch, *known->node, *node);
  }
  if (!state->boot_claims) {
    judge_by_findings(batch, id, *known->state, node, *state, *context);
    commit(std::move(batch), id);
    return true;
  }
  auto judged = appraiser_of(context).appraise(*node, *state);
  if (!judged)
    deps_.log.error("reappraisal.failed", {{"node", to_string(id)}, runtime::fault_check(judged.fault())});
  // What could not be read may be read the next time. What is too much stays too much, and is not believed.
  if (!judged && judged.fault().code != errc::limit) return true;
  const auto wall = deps_.clock->wall();
  const auto after = judged ? take_reappraisal(*state, *context, *std::move(judged), wall)
                            : take_unjudgeable(*state, *node, *context, judged.fault(), wall);
  record_reappraisal(batch, after, *node, wall);
  book_->lay(id, {node, std::make_shared<const node_state>(after.state)});
  commit(std::move(batch), id);
  if (after.verdict_changed)
    deps_.log.info("verdict", {{"node", to_string(id)},
                               {"name", known->node->name},
                               {"from", to_string(known->state->verdict)},
                               {"to", to_string(after.state.verdict)},
                               {"why", "re-appraised"}});
  return true;
}

void trust_mgr_state::reappraise_some() {
  if (stopping_) return;
  for (std::size_t n = std::min(again_.size(), reappraisal_page); n > 0; --n) {
    const auto id = again_.front();
    again_.pop_front();
    if (!reappraise_one(id)) again_.push_back(id);
  }
  bool readable = true;
  if (scanning_) {
    const auto page = deps_.reader->snapshots(scan_from_, reappraisal_page);
    if (!page)
      deps_.log.error("reappraisal.failed", {runtime::fault_check(page.fault())});
    else {
      for (const auto& one : *page)
        if (!reappraise_one(one.id)) again_.push_back(one.id);
      if (!page->empty()) scan_from_ = page->back().id;
    }
    // A page that cannot be read now is asked for again: whoever is left out would pass under a retired set.
    scanning_ = !page || page->size() == reappraisal_page;
    readable = page.ok();
    if (!scanning_) scan_from_.reset();
  }
  // What they remember is worth its memory during a scan only.
  if (!scanning_ && again_.empty()) appraisers_.clear();
  if (scanning_ && !readable)
    self_->delayed_send(self_, reappraisal_pause, reappraise_atom::value);
  else if (scanning_)
    self_->send(self_, reappraise_atom::value);
  else if (!again_.empty())
    self_->delayed_send(self_, std::chrono::milliseconds{50}, reappraise_atom::value);
}

} // namespace muster::service
