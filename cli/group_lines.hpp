// The command line of the commands about groups.
#pragma once

#include "cli/chosen_action.hpp"

namespace CLI {
class App;
}

namespace muster::cli {

/// Adds `reference accept|try`, `policy try`, `incidents`, `campaigns` and `campaign ...`. `chosen` outlives
/// the parsing of `app`. Gives `reference`, for those who add more to it.
CLI::App& add_group_commands(CLI::App& app, chosen_action& chosen);

} // namespace muster::cli
