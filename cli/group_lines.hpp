// The command line of the commands about groups.
#pragma once

#include "cli/commands/surroundings.hpp"

#include <functional>

namespace CLI {
class App;
}

namespace muster::cli {

/// Where the command that was named leaves what it does.
using chosen_action = std::function<int(const commands::surroundings&)>;

/// Adds `reference accept|try`, `policy try`, `incidents`, `campaigns` and `campaign ...`. `chosen` outlives the
/// parsing of `app`. Gives `reference`, for those who add more to it.
CLI::App& add_group_commands(CLI::App& app, chosen_action& chosen);

} // namespace muster::cli
