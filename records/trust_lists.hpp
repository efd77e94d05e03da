// The signed trust lists of the service (docs/protocol.md 1), and which of them are sent to a machine.
#pragma once

#include "messages/vocabulary/bytes.hpp"

#include <cstdint>
#include <vector>

namespace muster::service {

/// A list as `ras ca sign` made it.
struct numbered_trust_list {
  std::uint64_t number = 0;
  bytes list; ///< as crypto/trust_list.hpp lays it out
};

/// Every list so far, the oldest first.
using trust_lists = std::vector<numbered_trust_list>;

/// Bytes of lists that go out in one frame: this fits a stranger's frame.
inline constexpr std::size_t max_trust_delivery = std::size_t{48} * 1024;

/// The lists above `number`, the oldest first: as many as one delivery takes, and at least one if there is
/// one. A machine that has stored them says so, and gets the rest.
std::vector<byte_view> newer_than(const trust_lists& lists, std::uint64_t number);
/// The number of the newest list; 0: there is none.
std::uint64_t newest_of(const trust_lists& lists);

} // namespace muster::service
