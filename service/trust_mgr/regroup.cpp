// A machine that people move to another group.
#include "records/record_codec.hpp"
#include "service/trust_mgr/commit.hpp"

namespace muster::service {

namespace {

status may_move(const node_record* node, const std::string& group) {
  if (node == nullptr) return fault{errc::not_found, "group: there is no such machine"};
  if (group.empty()) return fault{errc::malformed, "group: is empty"};
  if (node->standing == standing::revoked) return fault{errc::conflict, "group: this machine is revoked"};
  if (node->standing != standing::enrolled)
    return fault{errc::conflict, "group: this machine is not admitted yet; its approval says the group"};
  if (node->group == group) return fault{errc::conflict, "group: this machine is in it"};
  return {};
}

} // namespace

trust_mgr_state::promise<change_reply> trust_mgr_state::regroup(const node_id& id, const std::string& group,
                                                                const std::string& by) {
  auto reply = self_->make_response_promise<change_reply>();
  // What is judged must be on record.
  when_stored(id, [this, id, group, by, reply] { move_to(id, group, by, reply); });
  return reply;
}

/// Group, findings and verdict change in one transaction: at no moment does a verdict of the old group stand
/// beside the name of the new one.
void trust_mgr_state::move_to(const node_id& id, const std::string& group, const std::string& by,
                              promise<change_reply> reply) {
  const auto refuse = [&](const fault& why) { reply.deliver(change_reply{why}); };
  const auto known = book_->find(id);
  if (!known) return refuse(known.fault());
  if (auto allowed = may_move(known->node.get(), group); !allowed) return refuse(allowed.fault());
  auto node = *known->node;
  const auto former = std::exchange(node.group, group);
  const auto context = context_of(group);
  const auto wall = deps_.clock->wall();
  auto after = take_move(*known->state, *context, wall);
  if (known->state->boot_claims) {
    // An appraiser of its own: those of a scan go on with theirs.
    auto judged = record_appraiser{deps_.reader, context}.appraise(node, *known->state);
    if (!judged) return refuse(judged.fault());
    after = take_reappraisal(*known->state, *context, *std::move(judged), wall);
  }
  write_batch batch;
  put_node(batch, node);
  batch.put<tables::states>(id, to_record(after.state));
  batch.append_audit(audit_entry(wall, by, "group", id, former + " -> " + group));
  log_verdict(batch, wall, id, known->state->verdict, after.state.verdict, "moved to group " + group);
  if (const auto open = sessions_.find(id); open != sessions_.end()) {
    open->second.group = group;
    open->second.moved = true;
    self_->send(open->second.session, context_atom::value, context);
  }
  deps_.log.info("group", {{"node", to_string(id)},
                           {"from", former},
                           {"to", group},
                           {"verdict", to_string(after.state.verdict)}});
  book_->lay(id, {std::make_shared<const node_record>(std::move(node)),
                  std::make_shared<const node_state>(std::move(after.state))});
  commit(std::move(batch), id, reply, [](sequence at) { return change_reply{at}; });
}

} // namespace muster::service
