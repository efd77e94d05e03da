// Commands: stored before they are sent, settled once (docs/protocol.md 3).
#include "records/record_codec.hpp"
#include "service/trust_mgr/order.hpp"
#include "service/trust_mgr/trust_mgr.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

/// Only a machine that is admitted is told anything.
status may_be_told(const node_record* node) {
  if (node == nullptr) return fault{errc::not_found, "node: there is no such machine"};
  if (node->standing == standing::revoked)
    return fault{errc::conflict, "node: this machine is revoked; nothing is asked of it any more"};
  if (node->standing != standing::enrolled)
    return fault{errc::conflict,
                 "node: this machine is not admitted yet; it waits for `muster node approve`"};
  return {};
}

/// The commands of a node change, and what of them changed.
node_change with_queue(const settled_node& at, session_epoch session, command_queue queue,
                       std::vector<command_record> changed) {
  node_change out;
  out.after = at.entry();
  if (changed.empty()) return out;
  for (const auto& one : changed)
    out.batch.put<tables::commands>(one.id, to_record(one));
  out.queue = std::move(queue);
  out.session = session;
  out.settled = std::move(changed);
  return out;
}

command_record command_of(const command_request& request, command_id id, const moment& now) {
  command_record out;
  out.id = id;
  out.node = request.node;
  out.kind = request.kind;
  out.issued = now.wall;
  out.service_boot = now.service_boot;
  out.deadline = {now.boot.milliseconds + static_cast<std::uint64_t>(request.within.count())};
  out.by = request.by;
  out.beat_ms = request.beat_ms;
  out.jitter_ms = request.jitter_ms;
  out.log_level = request.log_level;
  return out;
}

} // namespace

command_queue trust_mgr_state::queue_of(const node_id& id) const {
  const auto found = queues_.find(id);
  return found == queues_.end() ? command_queue{} : found->second;
}

/// Tells those who wait.
void trust_mgr_state::settle(const std::vector<command_record>& settled) {
  for (const auto& one : settled) {
    if (is_open(one.outcome)) continue;
    deps_.log.info("command.settled", {{"command", one.id.value},
                                       {"node", to_string(one.node)},
                                       {"kind", to_string(one.kind)},
                                       {"outcome", to_string(one.outcome)}});
    const auto order = orders_.find(one.id);
    if (order == orders_.end()) continue;
    self_->send(order->second, settle_atom::value, command_result{one.id, one.outcome, one.text});
    orders_.erase(order);
  }
}

/// Hands what is open to the session of the node, once the records that say so are durable.
void trust_mgr_state::deliver(const node_id& id) {
  if (!queues_.contains(id) || !sessions_.contains(id)) return;
  auto due = std::make_shared<std::vector<command_record>>();
  auto epoch = std::make_shared<session_epoch>();
  runner_->run(
      id,
      [this, id, due, epoch](const settled_node& at) -> result<node_change> {
        *epoch = epoch_of(id);
        auto queue = queue_of(id);
        if (epoch->value != 0) *due = queue.take_unsent(now());
        return with_queue(at, epoch_of(id), std::move(queue), *due);
      },
      [this, id, due, epoch](const result<sequence>& stored) {
        if (!stored || due->empty()) return;
        const auto open = sessions_.find(id);
        if (open == sessions_.end()) return;
        // The session that they were for is gone: they are open, and the next one gets them.
        if (open->second.epoch != *epoch) return deliver(id);
        self_->send(open->second.session, deliver_atom::value, due_commands{due});
      });
}

trust_mgr_state::promise<command_reply> trust_mgr_state::command(const command_request& request) {
  auto reply = self_->make_response_promise<command_reply>();
  auto wanted = std::make_shared<command_id>();
  runner_->run(
      request.node,
      [this, request, wanted](const settled_node& at) -> result<node_change> {
        if (auto allowed = may_be_told(at.node().get()); !allowed) return allowed.fault();
        const auto moment = now();
        auto queue = queue_of(request.node);
        auto added = queue.add(command_of(request, {++deps_.inventory.newest_command.value}, moment));
        *wanted = added.id;
        auto out = with_queue(at, epoch_of(request.node), std::move(queue), std::move(added.to_store));
        if (!out.batch.empty())
          out.batch.append_audit(audit_entry(moment.wall, request.by, "command", request.node,
                                             std::string{to_string(request.kind)}));
        return out;
      },
      [this, request, wanted, reply](const result<sequence>& stored) mutable {
        if (!stored) return void(reply.deliver(command_reply{stored.fault()}));
        wait_for(*wanted, request.within, reply);
        deliver(request.node);
      });
  return reply;
}

/// Answers when the command is settled, or its time is up.
void trust_mgr_state::wait_for(command_id id, std::chrono::milliseconds within,
                               promise<command_reply> reply) {
  auto& order = orders_[id];
  if (!order) order = self_->spawn(service::order, id, within, deps_.log);
  self_->request(order, within + std::chrono::seconds{5}, await_atom::value)
      .then(
          [reply](const command_reply& how) mutable { reply.deliver(how); },
          [reply, id](const caf::error&) mutable {
            reply.deliver(command_reply{command_result{id, command_outcome::unknown, "no outcome in time"}});
          });
}

void trust_mgr_state::report(const node_id& id, const command_result& told) {
  if (!queues_.contains(id)) return;
  runner_->run(
      id,
      [this, id, told](const settled_node& at) -> result<node_change> {
        auto queue = queue_of(id);
        // That an attestation was made is for its evidence to say, not for the machine.
        for (const auto& open : queue.open())
          if (open.id == told.id && open.kind == command_kind::attest
              && told.outcome == command_outcome::done)
            return with_queue(at, epoch_of(id), std::move(queue), {});
        auto settled = queue.report(told.id, told.outcome, told.text);
        return with_queue(at, epoch_of(id), std::move(queue), std::move(settled));
      },
      [](const result<sequence>&) {});
}

void trust_mgr_state::tick() {
  const auto moment = now();
  retain_some(moment);
  scan_if_vendors_changed();
  retry_some();
  std::vector<node_id> over;
  for (auto queue = queues_.begin(); queue != queues_.end();) {
    // While something of the node is on its way, its queue is, too.
    const bool settled = !runner_->busy(queue->first);
    if (settled && !command_queue{queue->second}.expire(moment).empty()) over.push_back(queue->first);
    queue = settled && queue->second.open().empty() ? queues_.erase(queue) : std::next(queue);
  }
  for (const auto& id : over)
    runner_->run(
        id,
        [this, id, moment](const settled_node& at) -> result<node_change> {
          auto queue = queue_of(id);
          auto settled = queue.expire(moment);
          return with_queue(at, epoch_of(id), std::move(queue), std::move(settled));
        },
        [](const result<sequence>&) {});
}

} // namespace muster::service
