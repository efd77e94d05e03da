// Commands: stored before they are sent, settled once (docs/protocol.md 3).
#include "records/record_codec.hpp"
#include "service/trust_mgr/commit.hpp"
#include "service/trust_mgr/order.hpp"

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

} // namespace

void trust_mgr_state::store_commands(write_batch& batch, const std::vector<command_record>& commands) {
  for (const auto& one : commands)
    batch.put<tables::commands>(one.id, to_record(one));
}

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
  const auto queue = queues_.find(id);
  const auto session = sessions_.find(id);
  if (queue == queues_.end() || session == sessions_.end()) return;
  auto due = std::make_shared<const std::vector<command_record>>(queue->second.take_unsent(now()));
  if (due->empty()) return;
  write_batch batch;
  store_commands(batch, *due);
  self_->request(deps_.store, store_timeout, commit_atom::value, std::move(batch).seal())
      .then(
          [this, id, due, epoch = session->second.epoch](const commit_outcome& stored) {
            const auto still = sessions_.find(id);
            if (still == sessions_.end() || still->second.epoch != epoch) return;
            if (stored)
              self_->send(still->second.session, deliver_atom::value, due_commands{due});
            else
              deps_.log.error("command.not_stored",
                              {{"node", to_string(id)}, runtime::fault_check(stored.fault())});
          },
          [this, id](const caf::error&) {
            deps_.log.error("command.not_stored", {{"node", to_string(id)}});
          });
}

trust_mgr_state::promise<command_reply> trust_mgr_state::command(const command_request& request) {
  auto reply = self_->make_response_promise<command_reply>();
  const auto known = book_->find(request.node);
  if (!known) return reply.deliver(command_reply{known.fault()}), reply;
  if (auto allowed = may_be_told(known->node.get()); !allowed)
    return reply.deliver(command_reply{allowed.fault()}), reply;
  const auto moment = now();
  command_record wanted;
  wanted.id = {++deps_.inventory.newest_command.value};
  wanted.node = request.node;
  wanted.kind = request.kind;
  wanted.issued = moment.wall;
  wanted.service_boot = moment.service_boot;
  wanted.deadline = {moment.boot.milliseconds + static_cast<std::uint64_t>(request.within.count())};
  wanted.by = request.by;
  wanted.beat_ms = request.beat_ms;
  wanted.jitter_ms = request.jitter_ms;
  wanted.log_level = request.log_level;
  auto added = queues_[request.node].add(wanted);

  auto& order = orders_[added.id];
  if (!order) order = self_->spawn(service::order, added.id, request.within, deps_.log);
  self_->request(order, request.within + std::chrono::seconds{5}, await_atom::value)
      .then(
          [reply](const command_reply& how) mutable { reply.deliver(how); },
          [reply, id = added.id](const caf::error&) mutable {
            reply.deliver(command_reply{command_result{id, command_outcome::unknown, "no outcome in time"}});
          });
  if (added.to_store.empty()) return reply;
  write_batch batch;
  store_commands(batch, added.to_store);
  batch.append_audit(
      audit_entry(moment.wall, request.by, "command", request.node, std::string{to_string(request.kind)}));
  self_->request(deps_.store, store_timeout, commit_atom::value, std::move(batch).seal())
      .then(
          [this, stored_now = added.to_store, id = request.node](const commit_outcome& stored) {
            if (!stored) return deps_.log.error("command.not_stored", {runtime::fault_check(stored.fault())});
            settle(stored_now);
            deliver(id);
          },
          [this](const caf::error&) {
            deps_.log.error("command.not_stored", {{"check", "store: no answer"}});
          });
  return reply;
}

void trust_mgr_state::report(const node_id& id, const command_result& told) {
  const auto queue = queues_.find(id);
  if (queue == queues_.end()) return;
  // That an attestation was made is for its evidence to say, not for the machine.
  for (const auto& open : queue->second.open())
    if (open.id == told.id && open.kind == command_kind::attest && told.outcome == command_outcome::done)
      return;
  const auto settled = queue->second.report(told.id, told.outcome, told.text);
  if (settled.empty()) return;
  write_batch batch;
  store_commands(batch, settled);
  self_->request(deps_.store, store_timeout, commit_atom::value, std::move(batch).seal())
      .then(
          [this, settled](const commit_outcome& stored) {
            if (stored) settle(settled);
          },
          [](const caf::error&) {});
}

void trust_mgr_state::tick() {
  const auto moment = now();
  retain_some(moment);
  scan_if_vendors_changed();
  std::vector<command_record> settled;
  for (auto queue = queues_.begin(); queue != queues_.end();) {
    auto over = queue->second.expire(moment);
    settled.insert(settled.end(), over.begin(), over.end());
    queue = queue->second.open().empty() ? queues_.erase(queue) : std::next(queue);
  }
  if (settled.empty()) return;
  write_batch batch;
  store_commands(batch, settled);
  self_->request(deps_.store, store_timeout, commit_atom::value, std::move(batch).seal())
      .then(
          [this, settled](const commit_outcome& stored) {
            if (stored) settle(settled);
          },
          [](const caf::error&) {});
}

} // namespace muster::service
