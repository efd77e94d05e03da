#include "cli/client/change.hpp"
#include "cli/nodes/node_commands.hpp"
#include "messages/json_write.hpp"

namespace muster::cli {

int node_approve(const surroundings& around, const approve_options& options) {
  auto body = build_json<rest::ApproveRequest>([&](rest::ApproveRequest::Builder out) {
    out.setFingerprint(text_of(options.fingerprint));
    out.setGroup(text_of(options.group));
    out.setName(text_of(options.name));
  });
  const auto& who = options.name.empty() ? options.node : options.name;
  return change(
      around, {http_method::post, node_path(options.node, "/approve"), std::move(body), change_patience},
      who
          + " is approved; it is admitted when its agent asks again, which an agent that runs does within "
            "limits.pending_retry (60s by default). Until then `muster nodes` says that it waits");
}

} // namespace muster::cli
