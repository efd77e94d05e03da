// How long results and their evidence are kept (docs/protocol.md 8). Pure.
#pragma once

#include "messages/vocabulary/ids.hpp"

#include <chrono>
#include <unordered_map>

namespace muster::service {

struct retention_rules {
  std::chrono::milliseconds results{std::chrono::days{90}};
  std::uint64_t results_bytes = std::uint64_t{4} << 30U;
};

/// The facts that decide whether a result goes.
struct kept_result {
  node_id node;
  wall_time decided;
  bool of_known_node = true;
  bool newest = false; ///< the newest of its node, or its newest that verified
};

/// The newest result of a node stays, whatever its age and size. Of a forgotten node no result stays. Any
/// other goes by age, or if `for_room`: the caller sets that while all results exceed the bound and this node
/// exceeds its share.
bool goes(const kept_result& one, const retention_rules& rules, wall_time now, bool for_room) noexcept;

/// What the results of each node take, so that one machine with large results does not push out those of
/// others. Each pass over all results counts this for the next pass. As long as the total exceeds the bound,
/// some node exceeds its share, which is the bound divided by the number of nodes.
class result_shares {
public:
  /// Begins a pass; all results together may take `bound` bytes.
  void begin(std::uint64_t bound);
  /// A result that stays, and one that goes.
  void stays(const node_id& node, std::uint64_t size) { counting_[node] += size; }
  void goes(const node_id& node, std::uint64_t size);
  /// Whether the node exceeds its share, by the count of the previous pass less what went since. False before
  /// the first count.
  bool over(const node_id& node) const;

private:
  std::unordered_map<node_id, std::uint64_t> counting_;
  std::unordered_map<node_id, std::uint64_t> counted_;
  std::uint64_t share_ = 0;
};

/// The time between two passes over all results.
std::chrono::milliseconds pass_interval(const retention_rules& rules) noexcept;

} // namespace muster::service
