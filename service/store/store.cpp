#include "service/store/store.hpp"

#include "actors/runtime/guard.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>

namespace muster::service {

namespace {

/// Size of the raw logs, which are what makes a batch large.
std::size_t log_bytes(const write_batch& batch) {
  std::size_t out = 0;
  for (const auto& operation : batch.operations())
    if (const auto* log = std::get_if<store_operation::append_log>(&operation)) {
      out += log->boot ? log->boot->size() : 0;
      for (const auto& piece : log->ima)
        out += piece.body.size();
    }
  return out;
}

} // namespace

void store_state::begin(grouping_store::pointer self, store_dependencies deps) {
  deps_.emplace(std::move(deps));
  self->delayed_send(self, deps_->pass_pause, sweep_atom::value);
}

store_state::promise store_state::add(grouping_store::pointer self, shared_batch batch) {
  auto answer = self->make_response_promise<promise>();
  if (stopped_ || !batch) {
    answer.deliver(
        commit_outcome{fault{errc::denied, stopped_ ? "store: it was stopped" : "store: no batch"}});
    return answer;
  }
  if (files_of(*batch) <= files_a_step) {
    gather(self, std::move(batch), answer);
    return answer;
  }
  if (large_.empty()) self->send(self, number_atom::value);
  large_.push_back({std::move(batch), answer});
  return answer;
}

void store_state::gather(grouping_store::pointer self, shared_batch batch, promise answer) {
  // The first batch of a group triggers its commit. Batches that are in the mailbox before that message join.
  if (gathered_.empty()) self->send(self, gathered_atom::value);
  gathered_bytes_ += log_bytes(*batch);
  gathered_.push_back(std::move(batch));
  waiting_.push_back(std::move(answer));
  if (gathered_.size() >= largest_group || gathered_bytes_ >= largest_group_bytes) commit(self);
}

void store_state::number_some(grouping_store::pointer self) {
  if (large_.empty()) return;
  auto& first = large_.front();
  const auto done = deps_->writer->number_files(*first.batch, first.done, files_a_step);
  // After a fault, the commit reports what is wrong.
  if (done && *done > first.done && *done < files_of(*first.batch)) {
    first.done = *done;
  } else {
    auto ready = std::move(first);
    large_.pop_front();
    gather(self, std::move(ready.batch), std::move(ready.answer));
  }
  if (!large_.empty()) self->send(self, number_atom::value);
}

void store_state::gathered(grouping_store::pointer self) {
  const auto due = last_commit_ + deps_->pace;
  const auto now = self->clock().now();
  if (now >= due) return commit(self);
  self->delayed_send(self, due - now, gathered_atom::value);
}

void store_state::commit(grouping_store::pointer self) {
  if (gathered_.empty()) return;
  last_commit_ = self->clock().now();
  const auto outcomes = deps_->writer->commit(gathered_);
  if (const auto usable = deps_->writer->usable(); !usable) return give_up(self, usable.fault());
  std::size_t failed = 0;
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    failed += outcomes[i] ? 0 : 1;
    if (failed == 1 && !outcomes[i])
      deps_->log.error("store.commit_failed",
                       {runtime::fault_code(outcomes[i].fault()), runtime::fault_check(outcomes[i].fault())});
    waiting_[i].deliver(outcomes[i]);
  }
  if (failed > 1) deps_->log.error("store.commits_failed", {{"batches", failed}});
  gathered_.clear();
  gathered_bytes_ = 0;
  waiting_.clear();
}

/// Callers are told that the store is gone, not that their batch failed: the newest commit may be on disk.
void store_state::give_up(grouping_store::pointer self, const fault& why) {
  deps_->log.error("store.unusable",
                   {runtime::fault_check(why),
                    {"what", "the service ends; when it starts again it reads what is on the disk"}});
  stopped_ = true;
  self->quit(caf::exit_reason::unhandled_exception);
}

void store_state::sweep(grouping_store::pointer self) {
  if (stopped_) return;
  const auto more = deps_->writer->sweep(records_a_step);
  if (!more) deps_->log.warning("store.not_swept", {runtime::fault_check(more.fault())});
  if (const auto usable = deps_->writer->usable(); !usable) return give_up(self, usable.fault());
  self->delayed_send(self, more && *more ? deps_->step_pause : deps_->pass_pause, sweep_atom::value);
}

commit_outcome store_state::stop(grouping_store::pointer self) {
  for (; !large_.empty(); large_.pop_front())
    gather(self, std::move(large_.front().batch), std::move(large_.front().answer));
  commit(self);
  stopped_ = true;
  return deps_->writer->newest();
}

grouping_store::behavior_type store(grouping_store::stateful_pointer<store_state> self,
                                    store_dependencies deps) {
  runtime::guard(*self, deps.log, store_state::name);
  self->state.begin(self, std::move(deps));
  return {
      [self](const shared_batch& batch) { return self->state.add(self, batch); },
      [self](stop_atom) { return self->state.stop(self); },
      [self](gathered_atom) { self->state.gathered(self); },
      [self](sweep_atom) { self->state.sweep(self); },
      [self](number_atom) { self->state.number_some(self); },
  };
}

store_actor spawn_store(caf::actor_system& system, store_dependencies deps, runtime::threading where) {
  return runtime::spawn_waiting(system, where, store, std::move(deps));
}

} // namespace muster::service
