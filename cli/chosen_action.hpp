// What a command line comes to.
#pragma once

#include "cli/commands/surroundings.hpp"

#include <functional>

namespace muster::cli {

/// Where the command that was typed leaves what it does; gives the exit status.
using chosen_action = std::function<int(const commands::surroundings&)>;

} // namespace muster::cli
