#include "service/trust_mgr/trust_mgr.hpp"

#include "actors/runtime/guard.hpp"
#include "records/record_codec.hpp"
#include "service/trust_mgr/commit.hpp"

namespace muster::service {

namespace {

constexpr std::chrono::seconds tick_every{1};

} // namespace

void trust_mgr_state::begin(self_pointer self, trust_mgr_deps deps) {
  self_ = self;
  deps_ = std::move(deps);
  book_ = std::make_unique<node_book>(deps_.reader);
  base_ = deps_.contexts.front();
  // Agents ignore command ids that are not higher than the last one they ran (docs/protocol.md 3). Start from
  // the wall clock, so that new ids stay higher even if the stored ids were lost.
  deps_.inventory.newest_command =
      std::max(deps_.inventory.newest_command, command_id{deps_.clock->wall().milliseconds});
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

void trust_mgr_state::commit(write_batch batch, const node_id& id) {
  self_->request(deps_.store, store_timeout, commit_atom::value, std::move(batch).seal())
      .then(
          [this, id](const commit_outcome& stored) {
            landed(id);
            if (!stored)
              deps_.log.error("trust.not_stored",
                              {{"node", to_string(id)}, runtime::fault_check(stored.fault())});
          },
          [this, id](const caf::error&) {
            landed(id);
            deps_.log.error("trust.not_stored", {{"node", to_string(id)}, {"check", "store: no answer"}});
          });
}

void trust_mgr_state::landed(const node_id& id) {
  book_->landed(id);
  if (!book_->on_its_way(id))
    if (auto waiting = later_.extract(id))
      for (const auto& change : waiting.mapped())
        change();
  if (!stopping_ || !book_->empty()) return;
  for (auto& one : stop_waits_)
    one.deliver(true);
  stop_waits_.clear();
}

void trust_mgr_state::when_stored(const node_id& id, std::function<void()> change) {
  if (!book_->on_its_way(id)) return change();
  later_[id].push_back(std::move(change));
}

trust_mgr_state::promise<bool> trust_mgr_state::stop() {
  auto out = self_->make_response_promise<bool>();
  stopping_ = true;
  // What was ordered stays ordered; only those who wait are told.
  for (const auto& [id, order] : std::exchange(orders_, {}))
    self_->send(order, settle_atom::value,
                command_result{id, command_outcome::unknown, "the service stops; the command stays ordered"});
  if (book_->empty())
    out.deliver(true);
  else
    stop_waits_.push_back(out);
  return out;
}

trust_mgr_actor::behavior_type trust_mgr(trust_mgr_state::self_pointer self, trust_mgr_deps deps) {
  runtime::guard(*self, deps.log, "trust_mgr");
  auto* state = &self->state;
  state->begin(self, std::move(deps));
  return {
      [state](admit_atom, const proven_machine& who) { return state->admit(who); },
      [state](attach_atom, const node_id& id, const bytes& spki, const boot_id& boot,
              const session_actor& session) { return state->attach(id, spki, boot, session); },
      [state](detach_atom, const node_id& id, session_epoch epoch) { state->detach(id, epoch); },
      [state](twin_atom, const node_id& id, generation of) { state->twin(id, of); },
      [state](decide_atom, const decision_request& request) { return state->take(request); },
      [state](report_atom, const node_id& id, const command_result& told) { state->report(id, told); },
      [state](command_atom, const command_request& request) { return state->command(request); },
      [state](approve_atom, const approval& wanted) { return state->approve(wanted); },
      [state](ack_atom, const node_id& id, const std::string& by) { return state->acknowledge(id, by); },
      [state](revoke_atom, const node_id& id, const std::string& reason, const std::string& by) {
        return state->revoke(id, reason, by);
      },
      [state](forget_atom, const node_id& id, const std::string& by) { return state->forget(id, by); },
      [state](name_atom, const node_id& id, const std::string& name, const std::string& by) {
        return state->rename(id, name, by);
      },
      [state](group_atom, const node_id& id, const std::string& group, const std::string& by) {
        return state->regroup(id, group, by);
      },
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
