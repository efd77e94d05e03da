#include "cli/client/change.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/nodes/node_commands.hpp"
#include "cli/nodes/node_text.hpp"

#include <ostream>

namespace muster::cli {

namespace {

/// Says which machine it would affect, what is lost, and that the machine may come back.
int ask_before_forget(const surroundings& around, const std::string& node) {
  const auto got = ask<rest::NodeDetail>(around, {http_method::get, node_path(node), {}});
  if (!got) return report(around, got.fault());
  got->message.read([&](rest::NodeDetail::Reader detail) {
    around.err << "muster: this would remove the records of a machine: its name, its group, its verdict with "
                  "all findings,\n"
                  "an alarm, its certificate and its evidence. Its session ends. The log of records stays, "
                  "and so does a revocation.\n"
               << identity_text(detail)
               << "If admission is automatic and its agent runs, it comes back by itself as a new machine; "
                  "`muster node revoke`\n"
                  "keeps it out, and a revoked machine stays out.\n"
                  "Nothing was changed. To do it:\n"
                  "  muster node forget "
               << called(detail.getNode()) << " --yes\n";
  });
  return exit_error;
}

} // namespace

int node_forget(const surroundings& around, const std::string& node, consent sure) {
  if (sure != consent::given) return ask_before_forget(around, node);
  return change(around, {http_method::remove, node_path(node), {}, change_patience}, node + " is forgotten");
}

} // namespace muster::cli
