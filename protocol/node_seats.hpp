// How many sessions one machine may have. A value; not for threads.
#pragma once

#include "messages/vocabulary/ids.hpp"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace muster::service {

/// Each node has `seats_each` seats, so that one certificate cannot take the sessions of a fleet, nor make
/// the service hold more than so many frames that have begun. A session that has not attached yet goes for a
/// newer one of the same node. One that has attached stays: superseded, it watches for a second host, and
/// whoever has the key of a machine must not be able to send that watch away. Invariant: no node has more
/// sessions here than seats.
class node_seats {
public:
  using sitter = std::uint64_t; ///< a session; no two have the same
  /// An honest machine has one, and for three beats those that it lost on a bad line.
  static constexpr std::size_t seats_each = 8;

  struct answer {
    bool seated = false;
    std::optional<sitter> leaves; ///< its seat is the newcomer's now; it has to end
  };

  answer take(const node_id& node, sitter who);
  /// `who` attached, and keeps its seat until it leaves.
  void keep(const node_id& node, sitter who);
  /// Nothing if `who` has no seat.
  void leave(const node_id& node, sitter who);

  std::size_t taken(const node_id& node) const;
  std::size_t nodes() const noexcept { return seats_.size(); }

private:
  struct seat {
    sitter who = 0;
    bool kept = false;
  };

  std::unordered_map<node_id, std::vector<seat>> seats_; // of each the oldest first; never an empty one
};

} // namespace muster::service
