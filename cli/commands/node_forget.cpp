#include "cli/commands/change.hpp"
#include "cli/commands/commands.hpp"

namespace muster::cli::commands {

int node_forget(const surroundings& around, const std::string& node) {
  return change(around, {http_method::remove, node_path(node), {}, change_patience}, node + " is forgotten");
}

} // namespace muster::cli::commands
