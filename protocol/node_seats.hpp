// How many sessions one machine may have. A value; not thread-safe.
#pragma once

#include "messages/vocabulary/ids.hpp"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace muster::service {

/// Each node has `seats_each` seats, so that one certificate can neither take all the sessions of a fleet nor
/// make the service hold any number of unfinished frames. A session that has not attached yet gives way to a
/// newer one of the same node. A session that has attached stays: once superseded, it watches for a second
/// host, and a thief of the machine's key must not be able to drive that watch away. Invariant: no node has
/// more sessions here than seats.
class node_seats {
public:
  using session_key = std::uint64_t; ///< a session; unique
  /// An honest machine has one session and, for three beats each, those that it lost on a bad line.
  static constexpr std::size_t seats_each = 8;

  struct answer {
    bool seated = false;
    std::optional<session_key> leaves; ///< must end: the newcomer has its seat
  };

  /// Seats `who`. If no seat is free, the node's oldest session that has not attached leaves. If all have
  /// attached, `who` is not seated.
  answer take(const node_id& node, session_key who);
  /// `who` has attached: it keeps its seat until it leaves.
  void keep(const node_id& node, session_key who);
  /// No effect if `who` has no seat.
  void leave(const node_id& node, session_key who);

  std::size_t taken(const node_id& node) const;
  std::size_t nodes() const noexcept { return seats_.size(); }

private:
  struct seat {
    session_key who = 0;
    bool kept = false;
  };

  std::unordered_map<node_id, std::vector<seat>> seats_; // oldest first; never an empty vector
};

} // namespace muster::service
