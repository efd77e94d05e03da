#include "service/trust_mgr/node_book.hpp"

#include "records/record_codec.hpp"

namespace muster::service {

result<node_entry> node_book::find(const node_id& id) const {
  if (const auto laid = overlay_.find(id); laid != overlay_.end()) return laid->second.entry;
  const auto snapshot = store_->snapshot(id);
  if (!snapshot) return snapshot.fault();
  node_entry out{nullptr, std::make_shared<const node_state>()};
  if (snapshot->node) {
    auto node = node_from(id, *snapshot->node);
    if (!node) return node.fault();
    out.node = std::make_shared<const node_record>(std::move(*node));
  } else if (snapshot->node.fault().code != errc::not_found)
    return snapshot->node.fault();
  if (snapshot->state) {
    auto state = state_from(*snapshot->state);
    if (!state) return state.fault();
    out.state = std::make_shared<const node_state>(std::move(*state));
  } else if (snapshot->state.fault().code != errc::not_found)
    return snapshot->state.fault();
  return out;
}

void node_book::lay(const node_id& id, node_entry entry) {
  auto& laid = overlay_[id];
  laid.entry = std::move(entry);
  laid.commits += 1;
}

void node_book::landed(const node_id& id) {
  const auto laid = overlay_.find(id);
  if (laid == overlay_.end()) return;
  laid->second.commits -= 1;
  if (laid->second.commits == 0) overlay_.erase(laid);
}

} // namespace muster::service
