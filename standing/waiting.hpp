// Which machines wait for admission, and from where: the bounds of docs/protocol.md 2.4.
#pragma once

#include "standing/admission.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace muster::service {

/// The source of a peer: all peers of one source share a bound. It is an IPv4 address, or the /64 of an IPv6
/// address, which one host may fill at will. An IPv4-mapped address counts as IPv4. A user of this machine
/// ("unix:uid=1000") is one, and all virtual machines ("vsock:3:1025") are one: a CID identifies nobody. `peer` is
/// "address:port" or an address. Anything else is a source of its own, without its port.
std::string source_of(std::string_view peer);

/// The candidates that wait. `note` alone fills it, so that a start counts them as the service did before. A
/// candidate whose time is over takes no place, whether or not its record says so already.
class waiting_candidates {
public:
  /// Takes the record of a node as it is now, with or without a candidate.
  void note(const node_record& node);
  void erase(const node_id& id) { waits_.erase(id); }
  /// How many wait, and how many of those came from the source of `peer`. Linear in the number that wait.
  pending_counts count(std::string_view peer, wall_time now) const;
  /// Those whose time is over, at most `most`.
  std::vector<node_id> expired(wall_time now, std::size_t most) const;

private:
  struct place {
    std::string source;
    wall_time until;
  };
  std::map<node_id, place> waits_;
};

} // namespace muster::service
