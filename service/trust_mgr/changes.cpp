// What people, and machines that ask to be let in, change about a node.
#include "records/record_codec.hpp"
#include "service/trust_mgr/commit.hpp"
#include "standing/identity_alarm.hpp"
#include "standing/recorded_boot.hpp"

namespace muster::service {

namespace {

/// A new generation begins with nothing verified; findings and an untrusted verdict carry over. Somebody
/// approved it: that it was on two hosts is over.
node_state begin_generation(node_state state, generation g) {
  forget_boot(state);
  end_alarm(state);
  state.boots_seen.clear();
  state.keys_seen.clear();
  state.generation = g;
  state.must_enrol = false;
  if (state.verdict != verdict::contraindicated) state.verdict = verdict::none;
  return state;
}

} // namespace

status check_name(std::string_view name) {
  if (name.empty() || name.size() > 64) return fault{errc::malformed, "name: 1 to 64 characters"};
  for (const char c : name)
    if (c <= ' ' || c > '~' || c == '/' || c == '"' || c == '\'' || c == '\\')
      return fault{errc::malformed, "name: printable ASCII without spaces, slashes and quotes"};
  if (name == "." || name == "..") return fault{errc::malformed, "name: no path can name it"};
  if (means_id(name))
    return fault{errc::malformed, "name: 8 or more digits of hex and nothing else mean the id of a machine"};
  return {};
}

void trust_mgr_state::put_node(write_batch& batch, const node_record& node) {
  batch.put<tables::nodes>(node.id, to_record(node));
  deps_.inventory.waiting.note(node);
}

void trust_mgr_state::free_name(const node_id& id) {
  std::erase_if(deps_.inventory.names, [&](const auto& one) { return one.second == id; });
}

trust_mgr_state::promise<admission_reply> trust_mgr_state::admit(const proven_machine& who) {
  auto reply = self_->make_response_promise<admission_reply>();
  when_stored(who.id, [this, who, reply] { admit_now(who, reply); });
  return reply;
}

void trust_mgr_state::admit_now(const proven_machine& who, promise<admission_reply> reply) {
  if (deps_.board->rolled_back())
    return void(reply.deliver(admission_reply{
        fault{errc::busy, "admission: the service's records were rolled back; an operator must "
                          "acknowledge that first (muster log head)"}}));
  const auto known = book_->find(who.id);
  if (!known) return void(reply.deliver(admission_reply{known.fault()}));
  const auto revoked = deps_.reader->get<tables::revocations>(who.id);
  if (!revoked && revoked.fault().code != errc::not_found)
    return void(reply.deliver(admission_reply{revoked.fault()}));
  const auto rules = deps_.rules->load();
  auto before = known->node ? std::optional{*known->node} : std::nullopt;
  const auto waiting = deps_.inventory.waiting.count(who.source);
  auto made = decide_admission(before, known->state->must_enrol, revoked.ok(), who, rules->admission, waiting,
                               deps_.clock->wall());
  if (!made) {
    deps_.log.warning(
        "admission.refused",
        {{"node", to_string(who.id)}, {"source", who.source}, runtime::fault_check(made.fault())});
    return void(reply.deliver(admission_reply{made.fault()}));
  }
  const admission_answer answer{made->kind == admission_kind::admit, made->fingerprint,
                                made->node.generation};
  if (!made->changed) return void(reply.deliver(admission_reply{answer}));

  write_batch batch;
  auto state = known->state;
  const bool new_generation = !before || before->generation != made->node.generation;
  if (answer.admitted && new_generation) {
    if (state->boot_claims) batch.drop_use({*state->boot_claims});
    state = std::make_shared<const node_state>(begin_generation(*state, made->node.generation));
    log_verdict(batch, deps_.clock->wall(), who.id, known->state->verdict, state->verdict, "new generation");
    batch.put<tables::states>(who.id, to_record(*state));
    batch.clear_claims(who.id);
  }
  const bool key_changed = before && before->node_spki != made->node.node_spki;
  if (answer.admitted && !new_generation && key_changed) {
    auto noted = *state;
    const auto twins =
        note_key(noted, crypto::sha256(before->node_spki), crypto::sha256(made->node.node_spki));
    if (twins && raise_alarm(noted, *twins, deps_.clock->wall())) {
      batch.append_audit(audit_entry(deps_.clock->wall(), "service", "alarm", who.id, twins->sentence));
      deps_.log.error("identity.alarm", {{"node", to_string(who.id)}, {"found", twins->found}});
    }
    log_verdict(batch, deps_.clock->wall(), who.id, known->state->verdict, noted.verdict, "alarm");
    state = std::make_shared<const node_state>(std::move(noted));
    batch.put<tables::states>(who.id, to_record(*state));
  }
  put_node(batch, made->node);
  if (!made->node.name.empty()) deps_.inventory.names[made->node.name] = who.id;
  batch.append_audit(
      audit_entry(deps_.clock->wall(), "node " + to_string(who.id), "admission", who.id, made->log));
  book_->lay(who.id, {std::make_shared<const node_record>(made->node), state});
  deps_.log.info("admission", {{"node", to_string(who.id)},
                               {"source", who.source},
                               {"what", made->log},
                               {"fingerprint", to_hex(made->fingerprint)}});
  if (answer.admitted && (new_generation || key_changed)) end_session(who.id, session_end::new_generation);
  commit(std::move(batch), who.id, reply, [answer](sequence) { return admission_reply{answer}; });
}

trust_mgr_state::promise<change_reply> trust_mgr_state::approve(const approval& wanted) {
  auto reply = self_->make_response_promise<change_reply>();
  const auto refuse = [&](const fault& why) { return reply.deliver(change_reply{why}), reply; };
  const auto known = book_->find(wanted.node);
  if (!known) return refuse(known.fault());
  if (!known->node) return refuse({errc::not_found, "approve: no such node"});
  if (!wanted.name.empty()) {
    if (auto good = check_name(wanted.name); !good) return refuse(good.fault());
    const auto taken = deps_.inventory.names.find(wanted.name);
    if (taken != deps_.inventory.names.end() && taken->second != wanted.node)
      return refuse({errc::conflict, "name: another node has it"});
  }
  const auto now = deps_.clock->wall();
  auto made = approve_candidate(*known->node, wanted.fingerprint, wanted.group, wanted.name, wanted.by, now);
  if (!made) return refuse(made.fault());
  write_batch batch;
  put_node(batch, *made);
  batch.append_audit(audit_entry(now, wanted.by, "approve", wanted.node, describe_approval(*made)));
  book_->lay(wanted.node, {std::make_shared<const node_record>(std::move(*made)), known->state});
  commit(std::move(batch), wanted.node, reply, [](sequence at) { return change_reply{at}; });
  return reply;
}

trust_mgr_state::promise<change_reply> trust_mgr_state::acknowledge(const node_id& id,
                                                                    const std::string& by) {
  auto reply = self_->make_response_promise<change_reply>();
  when_stored(id, [this, id, by, reply] { end_alarm_of(id, by, reply); });
  return reply;
}

void trust_mgr_state::end_alarm_of(const node_id& id, const std::string& by, promise<change_reply> reply) {
  const auto refuse = [&](const fault& why) { reply.deliver(change_reply{why}); };
  const auto known = book_->find(id);
  if (!known) return refuse(known.fault());
  if (!known->node) return refuse({errc::not_found, "acknowledge: no such node"});
  if (!known->state->alarm) return refuse({errc::conflict, "acknowledge: no alarm stands for this node"});
  auto state = *known->state;
  const auto now = deps_.clock->wall();
  end_alarm(state);
  if (state.verdict == verdict::warning)
    state.verdict = recorded_verdict(state, *known->node, *context_of(known->node->group));
  if (state.verdict != known->state->verdict) state.since = now;
  write_batch batch;
  batch.put<tables::states>(id, to_record(state));
  batch.append_audit(audit_entry(now, by, "acknowledge", id, known->state->alarm->found));
  log_verdict(batch, now, id, known->state->verdict, state.verdict, "acknowledged");
  book_->lay(id, {known->node, std::make_shared<const node_state>(std::move(state))});
  commit(std::move(batch), id, reply, [](sequence at) { return change_reply{at}; });
}

trust_mgr_state::promise<change_reply> trust_mgr_state::revoke(const node_id& id, const std::string& reason,
                                                               const std::string& by) {
  auto reply = self_->make_response_promise<change_reply>();
  const auto known = book_->find(id);
  if (!known) return reply.deliver(change_reply{known.fault()}), reply;
  if (!known->node) return reply.deliver(change_reply{fault{errc::not_found, "revoke: no such node"}}), reply;
  auto node = *known->node;
  node.standing = standing::revoked;
  node.revoked = deps_.clock->wall();
  node.revoked_by = by;
  node.revoked_reason = reason;
  node.candidate.reset();
  write_batch batch;
  put_node(batch, node);
  batch.put<tables::revocations>(id, make_record<records::Revocation>([&](records::Revocation::Builder out) {
                                   out.setSinceMs(node.revoked.milliseconds);
                                   out.setBy(text_of(by));
                                 }));
  batch.append_audit(audit_entry(node.revoked, by, "revoke", id, reason));
  book_->lay(id, {std::make_shared<const node_record>(std::move(node)), known->state});
  end_session(id, session_end::revoked);
  commit(std::move(batch), id, reply, [](sequence at) { return change_reply{at}; });
  return reply;
}

trust_mgr_state::promise<change_reply> trust_mgr_state::forget(const node_id& id, const std::string& by) {
  auto reply = self_->make_response_promise<change_reply>();
  const auto known = book_->find(id);
  if (!known) return reply.deliver(change_reply{known.fault()}), reply;
  if (!known->node) return reply.deliver(change_reply{fault{errc::not_found, "forget: no such node"}}), reply;
  write_batch batch;
  vouched_.erase(id);
  attached_.erase(id);
  batch.erase<tables::nodes>(id).erase<tables::states>(id).erase<tables::ak_certificates>(id).clear_claims(
      id);
  const auto& state = *known->state;
  if (state.boot_claims) batch.drop_use({*state.boot_claims});
  for (const auto log : {state.log, state.last_log})
    if (log != 0) batch.clear_log(id, log);
  batch.append_audit(audit_entry(deps_.clock->wall(), by, "forget", id, known->node->name));
  deps_.inventory.waiting.erase(id);
  free_name(id);
  book_->lay(id, {nullptr, std::make_shared<const node_state>()});
  end_session(id, session_end::forgotten);
  commit(std::move(batch), id, reply, [](sequence at) { return change_reply{at}; });
  return reply;
}

trust_mgr_state::promise<change_reply> trust_mgr_state::rename(const node_id& id, const std::string& name,
                                                               const std::string& by) {
  auto reply = self_->make_response_promise<change_reply>();
  const auto refuse = [&](const fault& why) { return reply.deliver(change_reply{why}), reply; };
  const auto known = book_->find(id);
  if (!known) return refuse(known.fault());
  if (!known->node) return refuse({errc::not_found, "name: no such node"});
  if (!name.empty()) {
    if (auto good = check_name(name); !good) return refuse(good.fault());
    const auto taken = deps_.inventory.names.find(name);
    if (taken != deps_.inventory.names.end() && taken->second != id)
      return refuse({errc::conflict, "name: another node has it"});
  }
  auto node = *known->node;
  node.name = name;
  write_batch batch;
  put_node(batch, node);
  free_name(id);
  if (!name.empty()) deps_.inventory.names[name] = id;
  batch.append_audit(audit_entry(deps_.clock->wall(), by, "name", id, name));
  book_->lay(id, {std::make_shared<const node_record>(std::move(node)), known->state});
  commit(std::move(batch), id, reply, [](sequence at) { return change_reply{at}; });
  return reply;
}

} // namespace muster::service
