// What the commands that change something have in common.
#pragma once

#include "cli/client/ask.hpp"

namespace muster::cli {

/// Makes the change and prints `done` with the number of its record, by which `muster log show` knows it, or
/// the answer as JSON.
int change(const surroundings& around, const http_call& call, std::string_view done);

/// How long a change may take: the disk may have to be waited for.
inline constexpr std::chrono::seconds change_patience{45};

} // namespace muster::cli
