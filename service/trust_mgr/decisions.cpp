// Attestations that ended, and records that are appraised again.
#include "records/record_codec.hpp"
#include "service/trust_mgr/trust_mgr.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

/// Records that one message of re-appraisal looks at; other messages are handled in between.
constexpr std::size_t reappraisal_page = 16;
constexpr std::chrono::seconds reappraisal_pause{1}; ///< before the next try, if the store could not be read

} // namespace

decision_ports trust_mgr_state::ports() {
  return {[this](const node_ptr& node, byte_view attest) { return vouched_now(node, attest); },
          [this](const node_state& state) { return newest_attest(state); },
          [this](const node_record& node, const node_state& state, const context_ptr& context) {
            return appraiser_of(context).appraise(node, state);
          }};
}

trust_mgr_state::promise<decision_reply> trust_mgr_state::take(const decision_request& request) {
  auto reply = self_->make_response_promise<decision_reply>();
  const auto id = request.node;
  const auto news = tell_before_its_turn(request);
  runner_->run_for<attestation_answer>(
      id,
      [this, request](const settled_node& at) {
        const auto open = sessions_.find(request.node);
        const auto queue = queues_.find(request.node);
        decision_setting setting;
        setting.session = epoch_of(request.node);
        setting.newest_session = open != sessions_.end() && open->second.epoch == request.epoch;
        setting.context = context_of(at.node() ? at.node()->group : std::string{});
        setting.rules = deps_.rules->load()->decision;
        const auto log = deps_.board->now();
        if (log->records == records_trust::rolled_back) setting.rules.leases = lease_rule::withheld;
        setting.rules.after_loss = log->after_loss;
        setting.now = now();
        setting.queue = queue == queues_.end() ? nullptr : &queue->second;
        return take_attestation(at, request, setting, ports());
      },
      [this, id, request, reply, news](const result<sequence>& stored,
                                       const std::optional<attestation_answer>& made) mutable {
        came_complete(request, stored.ok());
        if (news) end_news(id, *news, stored);
        if (!stored) return void(reply.deliver(decision_reply{stored.fault()}));
        const auto recorded = made->ask_full_log ? made->state : numbered(*made->state, *stored);
        reply.deliver(decision_reply{decision{recorded, made->ask_full_log}});
        if (!made->outdated) return;
        again_.push_back(id);
        self_->send(self_, reappraise_atom::value);
      },
      node_runner::asker::machine);
  return reply;
}

/// News is dropped once a decision about it was made. Undecided news stays.
void trust_mgr_state::end_news(const node_id& id, unstored_news::ticket which,
                               const result<sequence>& stored) {
  const auto code = stored ? errc::conflict : stored.fault().code;
  if (code == errc::conflict || code == errc::denied || code == errc::not_found)
    deps_.watch->had_its_turn(id, which);
  else
    deps_.watch->had_no_turn(id, which);
}

/// A decision waits for the pending changes of its machine, and for its record, which may have to be judged
/// again first. These wait for the disk. The news that the machine is untrusted waits for none of them.
std::optional<unstored_news::ticket> trust_mgr_state::tell_before_its_turn(const decision_request& request) {
  auto told = bad_findings(request);
  if (told.empty()) return std::nullopt;
  const auto snapshot = deps_.reader->snapshot(request.node);
  auto recorded = snapshot && snapshot->state ? state_from(*snapshot->state) : result<node_state>{fault{}};
  return deps_.watch->arrived(request.node, recorded ? *std::move(recorded) : node_state{}, std::move(told));
}

void trust_mgr_state::change_context(const context_ptr& context) {
  if (context->group.empty()) base_ = context;
  contexts_[context->group] = context;
  for (const auto& [id, session] : sessions_)
    if (context_of(session.group) == context)
      self_->send(session.session, context_atom::value, session.group, context);
  scan_from_.reset();
  if (!std::exchange(scanning_, true)) self_->send(self_, reappraise_atom::value);
}

record_appraiser& trust_mgr_state::appraiser_of(const context_ptr& context) {
  auto& one = appraisers_[context->group];
  if (!one || one->context() != context) one = std::make_unique<record_appraiser>(deps_.reader, context);
  return *one;
}

/// A machine or a disk that keeps a record busy delays other requests about that machine. It cannot keep the
/// record from being judged by what is in force: that comes before any other change.
result<std::optional<node_change>> trust_mgr_state::renew(const settled_node& at) {
  if (!at.node() || at.node()->standing != standing::enrolled) return std::optional<node_change>{};
  const auto context = context_of(at.node()->group);
  // Nothing about it can be judged until the damage is mended.
  if (!context->damage.empty()) return std::optional<node_change>{};
  const auto by = vendors();
  const auto said = vouched_.find(at.id());
  const bool vouched = !by || (said != vouched_.end() && said->second.by == by);
  if (vouched && (!at.state().boot_claims || judged_by(at.state(), *context)))
    return std::optional<node_change>{};
  auto out = appraise_again(at, context, deps_.clock->wall(), ports());
  if (!out) {
    try_again(at.id());
    return out.fault();
  }
  return std::optional{*std::move(out)};
}

/// A machine that is not judged again would pass under a retired set.
void trust_mgr_state::try_again(const node_id& id) {
  constexpr unsigned longest = 6; // 64 s
  auto& one = retries_[id];
  const auto now = deps_.clock->since_boot();
  if (now < one.due) return; // it already waits for that
  one.due = {now.milliseconds + (std::uint64_t{1000} << one.tries)};
  one.tries = std::min(one.tries + 1, longest);
}

void trust_mgr_state::retry_some() {
  const auto now = deps_.clock->since_boot();
  const auto before = again_.size();
  for (auto& [id, one] : retries_)
    if (one.due.milliseconds != 0 && one.due <= now) {
      one.due = {};
      again_.push_back(id);
    }
  if (again_.size() != before) self_->send(self_, reappraise_atom::value);
}

/// Takes its turn like any other change of that machine.
void trust_mgr_state::reappraise_one(const node_id& id) {
  runner_->run(
      id,
      [this, id](const settled_node& at) {
        const auto context = context_of(at.node() ? at.node()->group : std::string{});
        // Mending the group brings another context, and then all are looked at.
        if (!context->damage.empty()) return result<node_change>{node_change{at, change_source::judgement}};
        auto out = appraise_again(at, context, deps_.clock->wall(), ports());
        if (!out)
          deps_.log.error("reappraisal.failed", {{"node", to_string(id)}, runtime::fault_check(out.fault())});
        return out;
      },
      [this, id](const result<sequence>& stored) {
        if (stored)
          retries_.erase(id);
        else
          try_again(id);
      });
}

void trust_mgr_state::reappraise_some() {
  if (stopping_) return;
  for (std::size_t n = std::min(again_.size(), reappraisal_page); n > 0; --n) {
    const auto id = again_.front();
    again_.pop_front();
    reappraise_one(id);
  }
  bool readable = true;
  if (scanning_) {
    const auto page = deps_.reader->snapshots(scan_from_, reappraisal_page);
    if (!page)
      deps_.log.error("reappraisal.failed", {runtime::fault_check(page.fault())});
    else {
      for (const auto& one : *page)
        reappraise_one(one.id);
      if (!page->empty()) scan_from_ = page->back().id;
    }
    // A page that cannot be read now is requested again: a machine that is left out would pass under a
    // retired set.
    scanning_ = !page || page->size() == reappraisal_page;
    readable = page.ok();
    if (!scanning_) scan_from_.reset();
  }
  // What appraisers remember is worth its memory only during a scan.
  if (!scanning_ && again_.empty()) appraisers_.clear();
  if (scanning_ && !readable)
    self_->delayed_send(self_, reappraisal_pause, reappraise_atom::value);
  else if (scanning_)
    self_->send(self_, reappraise_atom::value);
  else if (!again_.empty())
    self_->delayed_send(self_, std::chrono::milliseconds{50}, reappraise_atom::value);
}

} // namespace muster::service
