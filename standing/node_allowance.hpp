// How often one machine may make us keep something for ever. A value; not thread-safe.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"

#include <chrono>
#include <unordered_map>

namespace muster::service {

/// Gives each node `burst` uses at once, and then one more per `every`. A certificate costs a signature, and
/// records that no retention erases. So no reconnect, restart or wrong clock of a machine may make more of
/// them than people can read. Remembers only nodes that have less than their full burst.
class node_allowance {
public:
  node_allowance(unsigned burst, std::chrono::milliseconds every) noexcept;

  /// Takes one use. fault limit: none is left; the text says when the next one is.
  status spend(const node_id& node, boot_time now);
  /// The time until `spend` succeeds; 0: it does now.
  std::chrono::milliseconds until_next(const node_id& node, boot_time now) const;
  std::size_t remembered() const noexcept { return full_at_.size(); }

private:
  std::uint64_t burst_ms_;
  std::uint64_t every_ms_;
  std::unordered_map<node_id, std::uint64_t> full_at_; ///< when the full burst is back
  std::size_t look_at_ = 1024;                         ///< at this size, nodes with a full burst are dropped
};

} // namespace muster::service
