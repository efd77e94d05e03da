// The command line of the commands about groups.
#pragma once

#include "cli/client/chosen_action.hpp"

namespace CLI {
class App;
}

namespace muster::cli {

/// Adds `groups`, `incidents`, `campaigns`, `campaign ...` and `policy try`; the command that was typed
/// leaves its action. `chosen` must outlive the parse.
void add_group_commands(CLI::App& app, chosen_action& chosen);

} // namespace muster::cli
