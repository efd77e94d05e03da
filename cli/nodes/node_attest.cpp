#include "cli/client/order.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/nodes/node_commands.hpp"
#include "cli/nodes/node_text.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <ostream>

namespace muster::cli {

namespace {

/// Why there is no new verdict, in words; empty if there is one.
std::string not_attested(rest::CommandAnswer::Reader answer) {
  const auto why = not_done(answer, "it may still attest");
  return why.empty() ? why : called(answer.getNode()) + " was not attested: " + why;
}

/// "; no new verdict since ...", if the service knows what keeps this machine from attesting.
std::string known_reason(const surroundings& around, const std::string& node) {
  const auto got = ask<rest::NodeDetail>(around, {http_method::get, node_path(node), {}});
  if (!got) return {};
  const auto why = got->message.read([](rest::NodeDetail::Reader in) { return unable_text(in.getNode()); });
  return why.empty() ? why : "; " + why;
}

/// The service does not ask this machine at all. If that is because of its standing, the standing is the
/// answer.
int not_asked(const surroundings& around, const std::string& node, const fault& why) {
  const auto status = report(around, why);
  if (why.code != errc::conflict) return status;
  const auto got = ask<rest::NodeDetail>(around, {http_method::get, node_path(node), {}});
  if (!got) return status;
  return got->message.read([&](rest::NodeDetail::Reader in) {
    const auto now = in.getNode();
    return text_of(now.getStanding()) == "enrolled" ? status : exit_status_of(text_of(now.getShown()));
  });
}

} // namespace

int node_attest(const surroundings& around, const attest_options& options) {
  const auto got = order(around, options.node, "/attest", order_body(options.timeout), options.timeout);
  if (!got) return not_asked(around, options.node, got.fault());
  const auto failed = got->message.read([](rest::CommandAnswer::Reader in) { return not_attested(in); });
  if (around.format == output_format::json) around.out << got->json << '\n';
  if (!failed.empty()) return report(around, {errc::timeout, failed + known_reason(around, options.node)});
  if (around.format == output_format::table) return node_show(around, options.node);
  return got->message.read(
      [](rest::CommandAnswer::Reader in) { return exit_status_of(text_of(in.getNode().getShown())); });
}

} // namespace muster::cli
