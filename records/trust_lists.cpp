#include "records/trust_lists.hpp"

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

} // namespace muster::service
