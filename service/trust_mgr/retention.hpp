// How long results and their evidence are kept (docs/protocol.md 8). Pure.
#pragma once

#include "messages/vocabulary/ids.hpp"

#include <chrono>

namespace muster::service {

struct retention_rules {
  std::chrono::milliseconds results{std::chrono::days{90}};
  std::uint64_t results_bytes = std::uint64_t{4} << 30U;
};

/// What is asked of a result before it goes.
struct kept_result {
  wall_time decided;
  bool of_known_node = true;
  bool newest = false; ///< of its node, or the newest of it that verified
};

/// The newest of a node stays whatever its age and size; of a node that was forgotten nothing stays. Else it
/// goes by age, or while there are more bytes than may be. `excess`: bytes over the bound that are left.
bool goes(const kept_result& one, const retention_rules& rules, wall_time now, std::uint64_t excess) noexcept;

/// The time between two passes over all results.
std::chrono::milliseconds pass_interval(const retention_rules& rules) noexcept;

} // namespace muster::service
