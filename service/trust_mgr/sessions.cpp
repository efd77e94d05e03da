// Sessions that come and go.
#include "records/record_codec.hpp"
#include "service/trust_mgr/commit.hpp"
#include "standing/identity_alarm.hpp"

namespace muster::service {

namespace {

status may_attach(const node_record& node, byte_view spki) {
  if (node.standing == standing::revoked) return fault{errc::denied, "this machine was revoked"};
  if (node.standing != standing::enrolled)
    return fault{errc::not_found, "this machine is not admitted; enrol"};
  if (!same(node.node_spki, spki))
    return fault{errc::not_found, "this certificate is of an older generation or key; enrol again"};
  return {};
}

/// A machine that booted since has no standing of the boot before, whatever its verdict (docs/protocol.md 5).
bool ends_lease(const node_state& state, const boot_id& boot) {
  return state.boot && *state.boot != boot && !state.lease_ended;
}

} // namespace

void trust_mgr_state::end_session(const node_id& id, session_end why) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  self_->send(found->second.session, end_atom::value, why);
  sessions_.erase(found);
  self_->send(deps_.cache, presence_atom::value, id, false);
  if (const auto queue = queues_.find(id); queue != queues_.end()) queue->second.session_lost();
}

trust_mgr_state::promise<attach_reply> trust_mgr_state::attach(const node_id& id, const bytes& spki,
                                                               const boot_id& boot, session_actor session) {
  auto reply = self_->make_response_promise<attach_reply>();
  const auto refuse = [&](const fault& why) { return reply.deliver(attach_reply{why}), reply; };
  const auto known = book_->find(id);
  if (!known) return refuse(known.fault());
  if (!known->node) return refuse({errc::not_found, "this machine is not known here; enrol"});
  if (auto allowed = may_attach(*known->node, spki); !allowed) return refuse(allowed.fault());
  if (known->state->must_enrol) return refuse({errc::not_found, "the TPM's counters went back; enrol again"});

  if (const auto older = sessions_.find(id); older != sessions_.end())
    deps_.log.info(
        "session.superseded",
        {{"node", to_string(id)}, {"boot", to_string(boot)}, {"older_boot", to_string(older->second.boot)}});
  end_session(id, session_end::superseded);
  deps_.inventory.newest_epoch.value += 1;
  const auto epoch = deps_.inventory.newest_epoch;
  sessions_[id] = {session, epoch, boot, known->node->group, false};
  self_->send(deps_.cache, presence_atom::value, id, true);
  deps_.log.info("session.attached", {{"node", to_string(id)}, {"epoch", epoch.value}});
  deliver(id);
  attachment with{
      epoch,       known->node->ak_public, known->state, context_of(known->node->group), known->node->level,
      std::nullopt};
  const auto moment = deps_.clock->since_boot();
  if (const auto [before, first] = attached_.try_emplace(id, moment); !first)
    with.before = std::exchange(before->second, moment);
  if (!ends_lease(*known->state, boot)) return reply.deliver(attach_reply{with}), reply;

  // A state that is being stored does not know its own result yet: it must not be written from here.
  when_stored(id, [this, id, with, reply]() mutable {
    const auto stored = book_->find(id);
    if (!stored) return void(reply.deliver(attach_reply{stored.fault()}));
    if (!stored->node)
      return void(reply.deliver(attach_reply{fault{errc::not_found, "this machine was forgotten; enrol"}}));
    auto state = *stored->state;
    state.lease = {};
    state.valid_until = {};
    state.lease_ended = true;
    with.recorded = std::make_shared<const node_state>(state);
    write_batch batch;
    batch.put<tables::states>(id, to_record(state));
    batch.append_audit(
        audit_entry(deps_.clock->wall(), "service", "reboot", id, "a session named another boot"));
    book_->lay(id, {stored->node, with.recorded});
    commit(std::move(batch), id, reply, [this, id, with](sequence) mutable {
      // What it is judged by may have changed meanwhile, and the session was told before it was attached.
      if (const auto open = sessions_.find(id); open != sessions_.end())
        with.context = context_of(open->second.group);
      return attach_reply{with};
    });
  });
  return reply;
}

void trust_mgr_state::detach(const node_id& id, session_epoch epoch) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || found->second.epoch != epoch) return;
  sessions_.erase(found);
  self_->send(deps_.cache, presence_atom::value, id, false);
  deps_.log.info("session.detached", {{"node", to_string(id)}, {"epoch", epoch.value}});
  if (const auto queue = queues_.find(id); queue != queues_.end()) queue->second.session_lost();
}

void trust_mgr_state::twin(const node_id& id, generation of) {
  when_stored(id, [this, id, of] {
    const auto known = book_->find(id);
    if (!known || !known->node) return;
    if (known->node->standing != standing::enrolled || known->node->generation != of) return;
    auto state = *known->state;
    const auto now = deps_.clock->wall();
    if (!raise_alarm(state, two_live_sessions(), now)) return;
    write_batch batch;
    batch.put<tables::states>(id, to_record(state));
    batch.append_audit(audit_entry(now, "service", "alarm", id, state.alarm->sentence));
    log_verdict(batch, now, id, known->state->verdict, state.verdict, "alarm");
    deps_.log.error("identity.alarm", {{"node", to_string(id)}, {"found", state.alarm->found}});
    book_->lay(id, {known->node, std::make_shared<const node_state>(std::move(state))});
    commit(std::move(batch), id);
  });
}

} // namespace muster::service
