// Our faults as a peer sees them.
#pragma once

#include "messages/vocabulary/result.hpp"
#include "schemas/wire.capnp.h"

namespace muster::service {

/// The text is our own sentence: a fault never holds raw foreign text. Faults internal and io are not
/// explained to the peer.
void put_fault(wire::Fault::Builder out, const fault& why, std::uint32_t retry_after_ms = 0);

} // namespace muster::service
