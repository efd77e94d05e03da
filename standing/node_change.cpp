#include "standing/node_change.hpp"

#include "records/command_batch.hpp"
#include "records/record_codec.hpp"

namespace muster::service {

node_news alarm_news(const node_id& id, std::string found) {
  return {node_news::weight::error, "alarm", {{"node", to_string(id)}, {"found", std::move(found)}}};
}

void change_batch::set_newest_command(command_id newest) {
  write_batch::put<tables::settings>(newest_command_key(), newest_command_record(newest));
}

void change_batch::enter(wall_time now, std::string by, std::string action, std::string text) {
  append_audit(audit_entry(now, std::move(by), std::move(action), of_, std::move(text)));
}

write_batch take_batch(const node_entry& before, node_change& change) {
  const auto id = change.batch.of();
  auto out = std::exchange(change.batch, change_batch{id}).take();
  const auto result = std::exchange(change.result, std::nullopt);
  const auto& node = change.after.node;
  const auto& state = change.after.state;
  if (!node) {
    if (before.node || !before.damage.empty()) out.erase<tables::nodes>(id).erase<tables::states>(id);
    return out;
  }
  if (node != before.node) out.put<tables::nodes>(id, to_record(*node));
  if (result)
    out.append_result(id, result->content, state, result->stay);
  else if (state != before.state)
    out.put<tables::states>(id, to_record(*state));
  return out;
}

state_ptr numbered(const node_state& state, sequence number) {
  auto out = state;
  out.result = number;
  return std::make_shared<const node_state>(std::move(out));
}

} // namespace muster::service
