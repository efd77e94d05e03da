#include "cli/client/change.hpp"
#include "cli/nodes/node_commands.hpp"

namespace muster::cli {

int node_acknowledge(const surroundings& around, const std::string& node) {
  return change(around, {http_method::post, node_path(node, "/acknowledge"), {}, change_patience},
                "the alarm of " + node + " is ended; if the machine is not connected, restart its agent");
}

} // namespace muster::cli
