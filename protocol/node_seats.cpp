#include "protocol/node_seats.hpp"

#include <algorithm>

namespace muster::service {

node_seats::answer node_seats::take(const node_id& node, session_key who) {
  auto& seats = seats_[node];
  answer out{true, std::nullopt};
  if (seats.size() >= seats_each) {
    const auto gives_way = std::ranges::find(seats, false, &seat::kept);
    if (gives_way == seats.end()) return {};
    out.leaves = gives_way->who;
    seats.erase(gives_way);
  }
  seats.push_back({who, false});
  return out;
}

void node_seats::keep(const node_id& node, session_key who) {
  const auto found = seats_.find(node);
  if (found == seats_.end()) return;
  const auto mine = std::ranges::find(found->second, who, &seat::who);
  if (mine != found->second.end()) mine->kept = true;
}

void node_seats::leave(const node_id& node, session_key who) {
  const auto found = seats_.find(node);
  if (found == seats_.end()) return;
  std::erase_if(found->second, [&](const seat& one) { return one.who == who; });
  if (found->second.empty()) seats_.erase(found);
}

std::size_t node_seats::taken(const node_id& node) const {
  const auto found = seats_.find(node);
  return found == seats_.end() ? 0 : found->second.size();
}

} // namespace muster::service
