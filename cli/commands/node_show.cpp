#include "cli/commands/ask.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/exit_status.hpp"
#include "cli/commands/node_text.hpp"

#include <ostream>

namespace muster::cli::commands {

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

} // namespace muster::cli::commands
