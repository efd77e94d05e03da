#include "cli/client/change.hpp"
#include "cli/nodes/node_commands.hpp"

namespace muster::cli {

int node_acknowledge(const surroundings& around, const std::string& node) {
  return change(around, {http_method::post, node_path(node, "/acknowledge"), {}, change_patience},
                "the alarm of " + node
                    + " is ended; if it is not connected, restart the agent on the right machine");
}

} // namespace muster::cli
