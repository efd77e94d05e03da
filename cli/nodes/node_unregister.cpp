#include "cli/client/order.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/nodes/node_commands.hpp"
#include "cli/nodes/node_text.hpp"

#include <ostream>

namespace muster::cli {

namespace {

/// Says which machine it would affect, and what someone would have to do at the machine afterwards.
int ask_before_unregister(const surroundings& around, const std::string& node) {
  const auto got = ask<rest::NodeDetail>(around, {http_method::get, node_path(node), {}});
  if (!got) return report(around, got.fault());
  got->message.read([&](rest::NodeDetail::Reader detail) {
    around.err << "muster: this would unregister a machine: its agent erases its certificate and ends, and "
                  "its records are removed.\n"
                  "It enrols again only after the file `unregistered` was removed from its state.\n"
               << identity_text(detail) << "Nothing was changed. To do it:\n  muster node unregister "
               << called(detail.getNode()) << " --yes\n";
  });
  return exit_error;
}

} // namespace

int node_unregister(const surroundings& around, const unregister_options& options) {
  if (options.sure != consent::given) return ask_before_unregister(around, options.node);
  const auto got = order(around, options.node, "/unregister", order_body(options.timeout), options.timeout);
  if (!got) return report(around, got.fault());
  return tell_order(around, *got, options.node + " has left and is forgotten",
                    options.node + " did not confirm that it left",
                    "it may have left, or may still leave; `muster node forget` removes its records");
}

} // namespace muster::cli
