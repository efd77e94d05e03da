#include "cli/commands/change.hpp"
#include "cli/commands/commands.hpp"

namespace muster::cli::commands {

int node_revoke(const surroundings& around, const std::string& node) {
  return change(around, {http_method::post, node_path(node, "/revoke"), {}, change_patience},
                node + " is revoked");
}

} // namespace muster::cli::commands
