// The command line of the commands about join tokens.
#pragma once

#include "cli/client/chosen_action.hpp"

namespace CLI {
class App;
}

namespace muster::cli {

/// Adds `join-token ...`; the command that was typed leaves its action in `chosen`, which must outlive the
/// parse.
void add_join_commands(CLI::App& app, chosen_action& chosen);

} // namespace muster::cli
