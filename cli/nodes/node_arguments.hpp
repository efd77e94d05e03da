// The command line of the commands about machines.
#pragma once

#include "cli/client/chosen_action.hpp"
#include "cli/nodes/node_commands.hpp"

#include <string>

namespace CLI {
class App;
}

namespace muster::cli {

/// What CLI11 fills in while it parses.
struct typed_node {
  std::string node;
  std::string name;
  nodes_options list;
  std::string group;
  approve_options approval;
  revoke_options revocation;
  reconfigure_options tuning;
  bool yes = false;
  std::string timeout = "60s";
};

/// Adds `nodes` and `node ...`; the command that was typed leaves its action. `in` and `chosen` must outlive
/// the parse.
void add_node_commands(CLI::App& app, typed_node& in, chosen_action& chosen);

} // namespace muster::cli
