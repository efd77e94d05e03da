#include "cli/client/order.hpp"
#include "cli/nodes/node_commands.hpp"

namespace muster::cli {

int node_renew(const surroundings& around, const std::string& node, std::chrono::seconds timeout) {
  const auto got = order(around, node, "/renew", order_body(timeout), timeout);
  if (!got) return report(around, got.fault());
  return tell_order(around, *got, node + " has a new certificate, and uses it from its next session on",
                    node + " was not renewed", "it may still renew");
}

} // namespace muster::cli
