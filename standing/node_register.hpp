// What the machines of a fleet share: names, and places for those that wait for admission.
#pragma once

#include "records/node_record.hpp"
#include "standing/waiting.hpp"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace muster::service {

/// A change takes what it wants when it is decided (`hold`). Once it is known whether the change is durable,
/// it keeps that or gives it back (`settle`). In between the node has both what it had and what it would get,
/// so that no other change can be given either. A candidate has the name that its approval gives.
/// Invariant: no two nodes have the same name, unless the records said so at the start.
/// Each call costs as much as the node itself has, whatever the size of the fleet, because every attestation
/// settles.
class node_register {
public:
  /// Whether a node other than `id` has the name, or may get it.
  bool taken(std::string_view name, const node_id& id) const;
  pending_counts waiting(std::string_view peer, wall_time now) const { return waiting_.count(peer, now); }
  /// Candidates that waited too long, at most `most` of them.
  std::vector<node_id> waited_too_long(wall_time now, std::size_t most) const {
    return waiting_.expired(now, most);
  }

  void hold(const node_record& wanted);
  /// `node` is what is on record.
  void settle(const node_record& node);
  /// The node has no record any more, or never got one.
  void forget(const node_id& id);

private:
  void take_names(const node_record& node);
  /// Releases the node's names that its record does not have; without a record, all of them.
  void give_back(const node_id& id, const node_record* on_record);

  std::map<std::string, node_id, std::less<>> names_;
  std::unordered_map<node_id, std::vector<std::string>> held_; ///< the same by node, to avoid a search
  waiting_candidates waiting_;
};

} // namespace muster::service
