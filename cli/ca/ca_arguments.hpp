// The command line of the commands about trust lists.
#pragma once

#include "cli/client/chosen_action.hpp"

#include <string>

namespace CLI {
class App;
}

namespace muster::cli {

/// What CLI11 fills in while it parses.
struct typed_ca {
  std::string signed_file;
};

/// Adds `ca ...`; the command that was typed leaves its action. `in` and `chosen` must outlive the parse.
void add_ca_commands(CLI::App& app, typed_ca& in, chosen_action& chosen);

} // namespace muster::cli
