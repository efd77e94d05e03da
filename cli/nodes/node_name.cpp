#include "cli/client/change.hpp"
#include "cli/nodes/node_commands.hpp"
#include "messages/json_write.hpp"

namespace muster::cli {

int node_name(const surroundings& around, const std::string& node, const std::string& name) {
  auto body =
      build_json<rest::NameRequest>([&](rest::NameRequest::Builder out) { out.setName(text_of(name)); });
  return change(around, {http_method::put, node_path(node, "/name"), std::move(body), change_patience},
                name.empty() ? node + " no longer has a name" : node + " is now called " + name);
}

} // namespace muster::cli
