#include "standing/node_change.hpp"

#include "records/record_codec.hpp"

namespace muster::service {

node_news alarm_news(const node_id& id, std::string found) {
  return {node_news::weight::error, "alarm", {{"node", to_string(id)}, {"found", std::move(found)}}};
}

write_batch take_batch(const node_id& id, const node_entry& before, node_change& change) {
  auto out = std::exchange(change.batch, {}).take();
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
