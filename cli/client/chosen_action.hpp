// The result of parsing a command line.
#pragma once

#include "cli/client/surroundings.hpp"

#include <functional>

namespace muster::cli {

/// The action of the command that was typed; returns the exit status.
using chosen_action = std::function<int(const surroundings&)>;

} // namespace muster::cli
