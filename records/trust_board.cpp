#include "records/trust_board.hpp"

namespace muster::service {

std::vector<byte_view> newer_than(const trust_lists& lists, std::uint64_t number) {
  std::vector<byte_view> out;
  std::size_t size = 0;
  for (const auto& one : lists) {
    if (one.number <= number) continue;
    size += one.list.size();
    if (!out.empty() && size > max_trust_delivery) break;
    out.emplace_back(one.list);
  }
  return out;
}

std::uint64_t newest_of(const trust_lists& lists) { return lists.empty() ? 0 : lists.back().number; }

void trust_board::heard(const node_id& node, std::uint64_t number) {
  const std::lock_guard lock{mutex_};
  told_[node] = number;
}

std::map<node_id, std::uint64_t> trust_board::told() const {
  const std::lock_guard lock{mutex_};
  return told_;
}

} // namespace muster::service
