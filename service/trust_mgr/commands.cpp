// Commands: stored before they are sent, settled once (docs/protocol.md 3).
#include "records/record_codec.hpp"
#include "service/trust_mgr/trust_mgr.hpp"
#include "standing/command_change.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

/// How long the record of an ended command is kept: after that, no machine corrects its outcome any more.
constexpr std::uint64_t ended_kept_ms = std::uint64_t{7} * 24 * 3600 * 1000;
constexpr std::size_t ended_a_tick = 64;

} // namespace

command_setting trust_mgr_state::commands_of(const node_id& id) const {
  const auto found = queues_.find(id);
  return {found == queues_.end() ? command_queue{} : found->second, epoch_of(id), now()};
}

/// Replies to the callers that wait.
void trust_mgr_state::settle(const std::vector<command_record>& settled) {
  for (const auto& one : settled) {
    if (is_open(one.outcome)) continue;
    deps_.log.info("command.settled", {{"command", one.id.value},
                                       {"node", to_string(one.node)},
                                       {"kind", to_string(one.kind)},
                                       {"outcome", to_string(one.outcome)},
                                       {"text", one.text}});
    auto waiting = waiting_.extract(one.id);
    if (!waiting) continue;
    for (auto& reply : waiting.mapped())
      reply.deliver(command_reply{command_result{one.id, one.outcome, one.text}});
  }
}

/// Hands the open commands to the node's session, once the records that say so are durable.
void trust_mgr_state::deliver(const node_id& id) {
  if (!queues_.contains(id) || !sessions_.contains(id)) return;
  struct handed {
    session_epoch to;
    due_commands due;
  };
  runner_->run_for<handed>(
      id,
      [this, id](const settled_node& at) -> result<answered_change<handed>> {
        auto out = hand_out(at, commands_of(id));
        auto due = std::make_shared<const std::vector<command_record>>(out.settled);
        return answered_change<handed>{std::move(out), {epoch_of(id), std::move(due)}};
      },
      [this, id](const result<sequence>& stored, const std::optional<handed>& out) {
        if (!stored || out->due->empty()) return;
        const auto open = sessions_.find(id);
        if (open == sessions_.end()) return;
        // The session that they were for is gone. They are still open, so the next session gets them.
        if (open->second.epoch != out->to) return deliver(id);
        self_->send(open->second.session, out->due);
      });
}

/// The reply comes from `settle`. The command's deadline is the only clock, so what is replied then is on
/// record.
trust_mgr_state::promise<command_reply> trust_mgr_state::command(const command_request& request) {
  auto reply = self_->make_response_promise<command_reply>();
  runner_->run_for<command_id>(
      request.node,
      [this, request](const settled_node& at) {
        auto& newest = deps_.inventory.newest_command;
        // Never below the wall clock: new ids stay above those that a restored database has forgotten.
        newest = std::max({command_id{newest.value + 1}, command_id{deps_.clock->wall().milliseconds}});
        return order(at, request, newest, commands_of(request.node),
                     longest_beat(deps_.rules->load()->decision.lease));
      },
      [this, request, reply](const result<sequence>& stored, const std::optional<command_id>& added) mutable {
        if (!stored) return void(reply.deliver(command_reply{stored.fault()}));
        if (stopping_) // the callers that waited have their reply
          return void(reply.deliver(command_reply{command_result{
              *added, command_outcome::unknown, "the service stops; the command stays ordered"}}));
        waiting_[*added].push_back(reply); // only a later change can settle it
        deliver(request.node);
      });
  return reply;
}

void trust_mgr_state::report(const command_report& in) {
  if (epoch_of(in.node) != in.epoch) return;
  runner_->run(
      in.node,
      [this, id = in.node, told = in.result](const settled_node& at) -> result<node_change> {
        std::optional<command_record> ended;
        if (const auto stored = deps_.reader->get<tables::ended_commands>(told.id))
          if (auto read = command_from(told.id, *stored)) ended = *std::move(read);
        return take_report(at, commands_of(id), told, ended);
      },
      [](const result<sequence>&) {}, node_runner::on_damage::refused, node_runner::asker::machine);
}

void trust_mgr_state::forget_ended(const moment& now, write_batch& batch) const {
  const auto page = deps_.reader->page<tables::ended_commands>(std::nullopt, ended_a_tick);
  if (!page) return;
  for (const auto& one : *page) {
    // Ids rise with the time of the order. A damaged record shows no time, and goes.
    const auto issued = one.record ? one.record->read([](auto in) { return in.getIssuedMs(); }) : 0;
    if (now.wall.milliseconds < issued + ended_kept_ms) return;
    batch.erase<tables::ended_commands>(one.key);
  }
}

/// The only line while the disk hangs: whatever else there is to log waits for the disk.
void trust_mgr_state::note_disk() {
  const auto answers = deps_.watch->answering(deps_.clock->since_boot());
  if (answers.ok() != disk_hangs_) return;
  disk_hangs_ = !answers.ok();
  if (disk_hangs_)
    deps_.log.error("store.hangs", {runtime::fault_check(answers.fault())});
  else
    deps_.log.warning("store.answers", {{"what", "the disk answers again"}});
}

void trust_mgr_state::tick() {
  note_disk();
  const auto moment = now();
  retain_some(moment);
  forget_expired();
  clean_joins();
  scan_if_vendors_changed();
  retry_some();
  std::vector<node_id> over;
  for (auto queue = queues_.begin(); queue != queues_.end();) {
    // While a change of the node is on its way, so is its queue.
    const bool settled = !runner_->busy(queue->first);
    if (settled && !command_queue{queue->second}.expire(moment).empty()) over.push_back(queue->first);
    queue = settled && queue->second.open().empty() ? queues_.erase(queue) : std::next(queue);
  }
  for (const auto& id : over)
    runner_->run(
        id, [this, id](const settled_node& at) -> result<node_change> { return expire(at, commands_of(id)); },
        [](const result<sequence>&) {});
}

} // namespace muster::service
