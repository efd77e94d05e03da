// The common part of the commands that change something.
#pragma once

#include "cli/client/ask.hpp"

namespace muster::cli {

/// Makes the change and prints `done` with the number of its record, under which `muster log show` lists it,
/// or the answer as JSON.
int change(const surroundings& around, const http_call& call, std::string_view done);

/// How long a change may take: the service may have to wait for its disk.
inline constexpr std::chrono::seconds change_patience{45};

} // namespace muster::cli
