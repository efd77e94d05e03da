#include "cli/client/ask.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/nodes/node_commands.hpp"
#include "cli/nodes/node_text.hpp"

#include <ostream>

namespace muster::cli {

int node_show(const surroundings& around, const std::string& node) {
  const auto got = ask<rest::NodeDetail>(around, {http_method::get, node_path(node), {}});
  if (!got) return report(around, got.fault());
  return got->message.read([&](rest::NodeDetail::Reader detail) {
    if (around.format == output_format::json)
      around.out << got->json << '\n';
    else
      around.out << node_text(detail, around.tint);
    return exit_status_of(text_of(detail.getNode().getShown()));
  });
}

} // namespace muster::cli
