// Why the service ends a session.
#pragma once

#include <cstdint>

namespace muster::service {

/// The peer learns which of these it is.
enum class session_end : std::uint8_t { stopping, superseded, revoked, forgotten, new_generation, crowded };

} // namespace muster::service
