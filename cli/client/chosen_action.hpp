// What a command line comes to.
#pragma once

#include "cli/client/surroundings.hpp"

#include <functional>

namespace muster::cli {

/// Where the command that was typed leaves what it does; gives the exit status.
using chosen_action = std::function<int(const surroundings&)>;

} // namespace muster::cli
