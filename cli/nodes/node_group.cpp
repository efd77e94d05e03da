#include "cli/client/change.hpp"
#include "cli/nodes/node_commands.hpp"
#include "messages/json_write.hpp"

namespace muster::cli {

int node_group(const surroundings& around, const std::string& node, const std::string& group) {
  auto body =
      build_json<rest::GroupRequest>([&](rest::GroupRequest::Builder out) { out.setGroup(text_of(group)); });
  return change(around, {http_method::put, node_path(node, "/group"), std::move(body), change_patience},
                node + " is now in group " + group);
}

} // namespace muster::cli
