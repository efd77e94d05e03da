// Times in readable form.
#pragma once

#include "messages/vocabulary/ids.hpp"

#include <string>

namespace muster {

/// RFC 3339 in UTC: "2026-11-22T03:29:00Z"; empty for 0.
std::string rfc3339(wall_time when);

} // namespace muster
