// This machine's clock. Reads only.
#pragma once

#include "checkup/clock_line.hpp"

namespace muster::checkup {

wall_time wall_now();

/// Whether the kernel was told that the clock is synchronised (adjtimex(2)); empty: it does not say.
std::optional<bool> clock_is_synchronised();

} // namespace muster::checkup
