// Sessions that attach and end.
#include "records/record_codec.hpp"
#include "service/trust_mgr/trust_mgr.hpp"
#include "standing/session_changes.hpp"

#include <caf/all.hpp>

namespace muster::service {

session_epoch trust_mgr_state::epoch_of(const node_id& id) const {
  const auto open = sessions_.find(id);
  return open == sessions_.end() ? session_epoch{} : open->second.epoch;
}

void trust_mgr_state::end_session(const node_id& id, session_end why) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  self_->send(found->second.session, end_atom::value, why);
  session_gone(id);
}

void trust_mgr_state::session_gone(const node_id& id) {
  sessions_.erase(id);
  self_->send(deps_.cache, node_presence{id, false});
  if (const auto queue = queues_.find(id); queue != queues_.end()) queue->second.session_lost();
}

void trust_mgr_state::open_session(const node_id& id, const boot_id& boot, const session_actor& session,
                                   const std::string& group) {
  if (const auto older = sessions_.find(id); older != sessions_.end())
    deps_.log.of_peer(
        runtime::log_level::info, "session.superseded", to_string(id),
        {{"node", to_string(id)}, {"boot", to_string(boot)}, {"older_boot", to_string(older->second.boot)}});
  end_session(id, session_end::superseded);
  deps_.inventory.newest_epoch.value += 1;
  const auto epoch = deps_.inventory.newest_epoch;
  sessions_[id] = {session, epoch, boot, group};
  // The session may have ended while this waited for its turn; monitoring then reports it at once.
  watched_[session.id()] = id;
  self_->monitor(session);
  self_->send(deps_.cache, node_presence{id, true});
  deps_.log.of_peer(runtime::log_level::info, "session.attached", to_string(id),
                    {{"node", to_string(id)}, {"epoch", epoch.value}});
}

/// A session waits for the pending changes of its machine, and for the disk. The news that the machine has
/// booted since its lease began does not wait.
std::optional<unstored_news::ticket>
trust_mgr_state::tell_boot_before_its_turn(const node_id& id, const shown_certificate& shown,
                                           const boot_id& boot) {
  const auto snapshot = deps_.reader->snapshot(id);
  if (!snapshot || !snapshot->node || !snapshot->state) return std::nullopt;
  const auto node = node_from(id, *snapshot->node);
  const auto state = state_from(*snapshot->state);
  if (!node || !state) return std::nullopt;
  const node_entry on_record{std::make_shared<const node_record>(*node),
                             std::make_shared<const node_state>(*state)};
  if (!may_attach(on_record, shown.spki)) return std::nullopt;
  return deps_.watch->named(id, boot); // even the boot on record: a pending change may be of another
}

trust_mgr_state::promise<attach_reply> trust_mgr_state::attach(const node_id& id,
                                                               const shown_certificate& shown,
                                                               const boot_id& boot, session_actor session) {
  auto reply = self_->make_response_promise<attach_reply>();
  const auto news = tell_boot_before_its_turn(id, shown, boot);
  runner_->run_for<node_entry>(
      id,
      [this, shown, boot](const settled_node& at) -> result<answered_change<node_entry>> {
        if (auto may = may_attach(at, shown.spki); !may) return may.fault();
        auto out = name_boot(at, boot, deps_.clock->wall());
        note_certificate(out, shown);
        const auto on_record = out.after;
        return answered_change<node_entry>{std::move(out), on_record};
      },
      [this, id, boot, session = std::move(session), reply,
       news](const result<sequence>& stored, const std::optional<node_entry>& on_record) mutable {
        if (news) deps_.watch->had_its_turn(id, *news); // if refused, it comes again and names its boot again
        if (!stored) return void(reply.deliver(attach_reply{stored.fault()}));
        const auto& node = *on_record->node;
        open_session(id, boot, session, node.group);
        attachment with{epoch_of(id), node.ak_public, on_record->state, context_of(node.group), node.level};
        with.group = node.group;
        with.tuning = node.tuning;
        with.opened = now();
        if (const auto [before, first] = attached_.try_emplace(id, with.opened.boot); !first)
          with.before = std::exchange(before->second, with.opened.boot);
        reply.deliver(attach_reply{std::move(with)});
        deliver(id);
      },
      node_runner::asker::machine);
  return reply;
}

void trust_mgr_state::detach(const node_id& id, session_epoch epoch) {
  if (epoch_of(id) != epoch || epoch.value == 0) return;
  session_gone(id);
  deps_.log.of_peer(runtime::log_level::info, "session.detached", to_string(id),
                    {{"node", to_string(id)}, {"epoch", epoch.value}});
}

void trust_mgr_state::down(caf::actor_id session) {
  const auto known = watched_.extract(session);
  if (!known) return;
  const auto open = sessions_.find(known.mapped());
  if (open != sessions_.end() && open->second.session.id() == session)
    detach(known.mapped(), open->second.epoch);
}

void trust_mgr_state::unable(const node_id& id, session_epoch epoch, const std::string& why) {
  if (epoch_of(id) != epoch || epoch.value == 0) return;
  deps_.log.of_peer(runtime::log_level::warning, "attestation.missing", to_string(id),
                    {{"node", to_string(id)}, {"why", why}});
  show_unable(id, why);
}

void trust_mgr_state::show_unable(const node_id& id, const std::string& why) {
  unable_.insert(id);
  self_->send(deps_.cache, missing_verdict{id, why});
}

/// Called for all complete evidence, whatever it says. In a damaged group nothing can be compared, and people
/// look for the reason at the machine, so it is shown there.
void trust_mgr_state::came_complete(const decision_request& request, bool on_record) {
  const auto open = sessions_.find(request.node);
  if (request.bad_news || open == sessions_.end() || open->second.epoch != request.epoch) return;
  const auto context = context_of(open->second.group);
  if (!context->damage.empty())
    show_unable(request.node, context->damage);
  else if (on_record)
    able_again(request.node);
}

void trust_mgr_state::able_again(const node_id& id) {
  if (unable_.erase(id) != 0) self_->send(deps_.cache, missing_verdict{id, std::string{}});
}

void trust_mgr_state::twin(const node_id& id, generation of) {
  runner_->run(
      id, [this, of](const settled_node& at) { return find_twin(at, of, deps_.clock->wall()); },
      [](const result<sequence>&) {}, node_runner::on_damage::refused, node_runner::asker::machine);
}

} // namespace muster::service
