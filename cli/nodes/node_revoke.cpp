#include "cli/client/change.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/nodes/node_commands.hpp"
#include "cli/nodes/node_text.hpp"
#include "messages/json_write.hpp"

#include <ostream>

namespace muster::cli {

namespace {

/// Says which machine it would affect, and that it is permanent.
int ask_before_revoke(const surroundings& around, const std::string& node) {
  const auto got = ask<rest::NodeDetail>(around, {http_method::get, node_path(node), {}});
  if (!got) return report(around, got.fault());
  got->message.read([&](rest::NodeDetail::Reader detail) {
    around.err
        << "muster: this would shut a machine out for good: its session ends, and its endorsement key is "
           "never admitted again.\n"
           "If its TPM has a second key with a vendor's certificate, deny that as well (admission.deny).\n"
        << identity_text(detail) << "Nothing was changed. To do it:\n  muster node revoke "
        << called(detail.getNode()) << " --yes --reason TEXT\n";
  });
  return exit_error;
}

} // namespace

int node_revoke(const surroundings& around, const revoke_options& options) {
  if (options.sure != consent::given) return ask_before_revoke(around, options.node);
  auto body = build_json<rest::RevokeRequest>(
      [&](rest::RevokeRequest::Builder out) { out.setReason(text_of(options.reason)); });
  return change(around,
                {http_method::post, node_path(options.node, "/revoke"), std::move(body), change_patience},
                options.node + " is revoked");
}

} // namespace muster::cli
