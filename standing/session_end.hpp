// Why the session of a machine ends.
#pragma once

#include <cstdint>

namespace muster::service {

/// As its peer is told.
enum class session_end : std::uint8_t { stopping, superseded, revoked, forgotten, new_generation, crowded };

} // namespace muster::service
