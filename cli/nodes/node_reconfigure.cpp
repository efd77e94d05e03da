#include "cli/client/order.hpp"
#include "cli/nodes/node_commands.hpp"
#include "messages/json_write.hpp"

namespace muster::cli {

int node_reconfigure(const surroundings& around, const reconfigure_options& options) {
  auto body = build_json<rest::ReconfigureRequest>([&](rest::ReconfigureRequest::Builder out) {
    out.setTimeoutSeconds(static_cast<std::uint32_t>(options.timeout.count()));
    out.setBeat(text_of(options.beat));
    out.setJitter(text_of(options.jitter));
    out.setLogLevel(text_of(options.log_level));
  });
  const auto got = order(around, options.node, "/reconfigure", std::move(body), options.timeout);
  if (!got) return report(around, got.fault());
  return tell_order(
      around, *got, options.node + " runs with these settings, and will after a restart",
      "recorded; " + options.node + " follows from its next beat on, but has not confirmed it yet",
      "it may have followed already", "the machine did not beat in time, and follows with its next beat");
}

} // namespace muster::cli
