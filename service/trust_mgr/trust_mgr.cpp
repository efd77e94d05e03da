#include "service/trust_mgr/trust_mgr.hpp"

#include "actors/runtime/guard.hpp"
#include "actors/service/store_it.hpp"
#include "records/record_codec.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

constexpr std::chrono::seconds tick_every{1};

runtime::log_level level_of(node_news::weight weight) noexcept {
  switch (weight) {
  case node_news::weight::info: return runtime::log_level::info;
  case node_news::weight::warning: return runtime::log_level::warning;
  case node_news::weight::error: break;
  }
  return runtime::log_level::error;
}

void log_news(const runtime::log& log, const node_news& news) {
  std::vector<runtime::log_field> fields;
  for (const auto& [key, value] : news.fields)
    std::visit([&, name = key](const auto& told) { fields.emplace_back(name, told); }, value);
  log.write(level_of(news.level), news.event, fields);
}

} // namespace

void trust_mgr_state::begin(self_pointer self, trust_mgr_deps deps) {
  self_ = self;
  deps_ = std::move(deps);
  runner_ = std::make_unique<node_runner>(
      node_runner::ports{deps_.reader,
                         [this](shared_batch batch, node_runner::landed landed) {
                           commit(std::move(batch), std::move(landed));
                         },
                         [this](const node_id& id, const settled_node& at, const node_change& change) {
                           deps_.watch->decided(id, at.state(), *change.after.state, change.source);
                         },
                         [this](const node_id& id, node_change& change) { publish(id, change); },
                         [this](const node_id& id, const fault& why) {
                           deps_.watch->lost(id);
                           deps_.log.of_peer(runtime::log_level::error, "node.not_stored", to_string(id),
                                             {{"node", to_string(id)}, runtime::fault_check(why)});
                         },
                         [this](const settled_node& at) { return renew(at); }},
      deps_.inventory.nodes);
  base_ = deps_.contexts.front();
  for (const auto& context : deps_.contexts)
    contexts_[context->group] = context;
  std::map<node_id, std::vector<command_record>> open;
  for (const auto& one : deps_.inventory.commands)
    open[one.node].push_back(one);
  for (auto& [id, commands] : open)
    queues_.emplace(id, command_queue{std::move(commands)});
  self_->delayed_send(self_, tick_every, tick_atom::value);
  scanned_by_ = vendors();
  scanning_ = true;
  self_->send(self_, reappraise_atom::value);
}

moment trust_mgr_state::now() const {
  return {deps_.clock->boot(), deps_.clock->since_boot(), deps_.clock->wall()};
}

context_ptr trust_mgr_state::context_of(const std::string& group) const {
  const auto found = contexts_.find(group);
  return found == contexts_.end() ? base_ : found->second;
}

void trust_mgr_state::commit(shared_batch batch, node_runner::landed landed) {
  const auto sent = deps_.watch->sent(deps_.clock->since_boot());
  store_it(self_, deps_.store, std::move(batch), [this, sent, landed](const commit_outcome& stored) {
    deps_.watch->answered(sent, stored ? status{} : status{stored.fault()});
    landed(stored);
    stop_if_idle();
  });
}

trust_mgr_state::promise<change_reply> trust_mgr_state::change_for_people(const node_id& id,
                                                                          node_runner::decide decide,
                                                                          node_runner::on_damage damaged) {
  auto reply = self_->make_response_promise<change_reply>();
  runner_->run(
      id, std::move(decide), [reply](const result<sequence>& stored) mutable { reply.deliver(stored); },
      damaged);
  return reply;
}

/// What follows from a durable change.
void trust_mgr_state::publish(const node_id& id, node_change& change) {
  deps_.watch->landed(id, change.after.node ? change.after.state.get() : nullptr, change.source);
  if (!change.after.node) {
    vouched_.erase(id);
    attached_.erase(id);
    able_again(id);
  }
  for (const auto& one : change.news)
    log_news(deps_.log, one);
  if (change.ends) end_session(id, *change.ends);
  if (const auto open = sessions_.find(id); change.moved_to && open != sessions_.end()) {
    open->second.group = *change.moved_to;
    self_->send(open->second.session, context_atom::value, *change.moved_to, context_of(*change.moved_to));
  }
  if (const auto open = sessions_.find(id); change.tuned && open != sessions_.end())
    self_->send(open->second.session, *change.tuned);
  if (change.queue) {
    // The session that had these commands may be gone by now.
    if (epoch_of(id) != change.session) change.queue->session_lost();
    queues_[id] = *std::move(change.queue);
  }
  settle(change.settled);
}

void trust_mgr_state::stop_if_idle() {
  if (!stopping_ || !runner_->idle()) return;
  for (auto& one : stop_waits_)
    one.deliver(true);
  stop_waits_.clear();
}

trust_mgr_state::promise<bool> trust_mgr_state::stop() {
  auto out = self_->make_response_promise<bool>();
  stopping_ = true;
  // What was ordered stays ordered; only the waiting callers are told.
  for (auto& [id, replies] : std::exchange(waiting_, {}))
    for (auto& one : replies)
      one.deliver(command_reply{
          command_result{id, command_outcome::unknown, "the service stops; the command stays ordered"}});
  if (runner_->idle())
    out.deliver(true);
  else
    stop_waits_.push_back(out);
  return out;
}

trust_mgr_actor::behavior_type trust_mgr(trust_mgr_state::self_pointer self, trust_mgr_deps deps) {
  runtime::guard(*self, deps.log, "trust_mgr");
  auto* state = &self->state;
  self->set_down_handler([state](const caf::down_msg& down) { state->down(down.source.id()); });
  state->begin(self, std::move(deps));
  return {
      [state](const proven_machine& who) { return state->admit(who); },
      [state](const attach_request& in) { return state->attach(in.node, in.shown, in.boot, in.session); },
      [state](const detached_session& in) { state->detach(in.node, in.epoch); },
      [state](const second_host& in) { state->twin(in.node, in.generation); },
      [state](const missing_evidence& in) { state->unable(in.node, in.epoch, in.why); },
      [state](const decision_request& request) { return state->take(request); },
      [state](const command_report& in) { state->report(in); },
      [state](const command_request& request) { return state->command(request); },
      [state](const approval& wanted) { return state->approve(wanted); },
      [state](const alarm_acknowledgement& in) { return state->acknowledge(in); },
      [state](const revocation& in) { return state->revoke(in); },
      [state](const removal& in) { return state->forget(in); },
      [state](const naming& in) { return state->rename(in); },
      [state](const group_move& in) { return state->regroup(in); },
      [state](const join_token_order& in) { return state->make_join_token(in); },
      [state](const join_token_end& in) { return state->end_join_token(in); },
      [state](list_atom) { return state->join_tokens(); },
      [state](context_atom, const context_ptr& context) { state->change_context(context); },
      [self, state](tick_atom) {
        state->tick();
        self->delayed_send(self, tick_every, tick_atom::value);
      },
      [state](reappraise_atom) { state->reappraise_some(); },
      [state](stop_atom) { return state->stop(); },
  };
}

} // namespace muster::service
