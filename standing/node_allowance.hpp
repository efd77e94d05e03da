// How often one machine may make us keep something for ever. A value; not for threads.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"

#include <chrono>
#include <unordered_map>

namespace muster::service {

/// Of each node `burst` at once, and then one each `every`. A certificate costs a signature and records that
/// no retention takes: no reconnect, restart or wrong clock of a machine may make more of them than people
/// can read. Remembers only nodes that have less than all of their burst.
class node_allowance {
public:
  node_allowance(unsigned burst, std::chrono::milliseconds every) noexcept;

  /// Uses up one. fault limit: none is left; it says when the next one is.
  status spend(const node_id& node, boot_time now);
  /// Until `spend` gives one; 0: now.
  std::chrono::milliseconds until_next(const node_id& node, boot_time now) const;
  std::size_t remembered() const noexcept { return full_at_.size(); }

private:
  std::uint64_t burst_ms_;
  std::uint64_t every_ms_;
  std::unordered_map<node_id, std::uint64_t> full_at_; ///< when all of its burst is there again
  std::size_t look_at_ = 1024;                         ///< so many are there before those are looked for
};

} // namespace muster::service
