// The first frame each way (docs/protocol.md 1).
#pragma once

#include "messages/view.hpp"
#include "messages/vocabulary/ids.hpp"
#include "schemas/wire.capnp.h"

#include <optional>
#include <vector>

namespace muster::service {

/// What the other side says about itself.
struct peer_hello {
  std::uint16_t minor = 0; ///< the smaller of theirs and ours
  std::optional<boot_id> boot;
  std::string software;    ///< safe to print
  std::uint64_t trust = 0; ///< number of its trust list; on muster-enrol/1
};

/// fault unsupported: another major version. fault malformed: a boot id that is not 16 bytes.
result<peer_hello> read_hello(wire::Hello::Reader hello);

/// Our hello. `now`: our clock, for a peer that judges by it; 0: not stated.
void put_hello(wire::Hello::Builder out, std::uint32_t max_frame, wall_time now = {});

/// Writes signed trust lists. `out` has exactly as many places.
void put_trust(capnp::List<capnp::Data>::Builder out, const std::vector<byte_view>& lists);

} // namespace muster::service
