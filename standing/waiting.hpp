// Who waits for admission, and from where: the bounds of docs/protocol.md 2.4.
#pragma once

#include "standing/admission.hpp"

#include <map>
#include <string>
#include <string_view>

namespace muster::service {

/// What shares one bound: an IPv4 address, or the /64 of an IPv6 address, which one host may fill at will. An
/// IPv4-mapped address counts as IPv4. `peer` is "address:port" or an address; what is neither is its own
/// source, without a port.
std::string source_of(std::string_view peer);

/// The candidates. Filled by one way only, so that a start counts them as the service did before.
class waiting_candidates {
public:
  /// The record of a node as it is now: its candidate waits, or none of it does.
  void note(const node_record& node);
  void erase(const node_id& id) { source_by_node_.erase(id); }
  /// How many wait, and how many of them came from the source of `peer`. Linear in those that wait.
  pending_counts count(std::string_view peer) const;

private:
  std::map<node_id, std::string> source_by_node_;
};

} // namespace muster::service
