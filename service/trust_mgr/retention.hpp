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

/// What is asked of a result before it goes.
struct kept_result {
  node_id node;
  wall_time decided;
  bool of_known_node = true;
  bool newest = false; ///< of its node, or the newest of it that verified
};

/// The newest of a node stays whatever its age and size; of a node that was forgotten nothing stays. Else it
/// goes by age, or `for_room`: while there are more bytes than may be, if its node has more than its share.
bool goes(const kept_result& one, const retention_rules& rules, wall_time now, bool for_room) noexcept;

/// What the results of each node take, so that one machine with large ones does not push out those of others.
/// Counted by a pass over all results, and used by the next. While all take more than the bound, some node
/// takes more than its share, which is the bound divided by the nodes.
class result_shares {
public:
  /// A pass begins, for which `bound` bytes are for all.
  void begin(std::uint64_t bound);
  /// A result that stays; one that goes.
  void stays(const node_id& node, std::uint64_t size) { counting_[node] += size; }
  void goes(const node_id& node, std::uint64_t size);
  /// By the count of the pass before, less what went since. No, if there was none.
  bool over(const node_id& node) const;

private:
  std::unordered_map<node_id, std::uint64_t> counting_;
  std::unordered_map<node_id, std::uint64_t> counted_;
  std::uint64_t share_ = 0;
};

/// The time between two passes over all results.
std::chrono::milliseconds pass_interval(const retention_rules& rules) noexcept;

} // namespace muster::service
