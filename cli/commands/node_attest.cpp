#include "cli/commands/ask.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/exit_status.hpp"
#include "cli/commands/node_text.hpp"
#include "messages/json_write.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <ostream>

namespace muster::cli::commands {

namespace {

/// What the service needs beyond the time that the machine has: its own waits, and the disk's.
constexpr std::chrono::seconds beyond_machine{40};

/// Why there is no new verdict, in words; empty if there is one.
std::string not_attested(rest::CommandAnswer::Reader answer) {
  const auto outcome = text_of(answer.getOutcome());
  if (outcome == "done") return {};
  std::string out = called(answer.getNode()) + " was not attested: ";
  if (outcome == "expired")
    out += "it did not come for the command in time";
  else if (outcome == "unknown")
    out += "no outcome in time; it may still attest";
  else
    out += printable(outcome);
  if (answer.getText().size() != 0) out += " (" + printable(text_of(answer.getText())) + ")";
  return out;
}

/// The service does not ask this machine at all: its standing is the answer, if that is why.
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
  auto body = build_json<rest::AttestRequest>([&](rest::AttestRequest::Builder out) {
    out.setTimeoutSeconds(static_cast<std::uint32_t>(options.timeout.count()));
  });
  const auto got = ask<rest::CommandAnswer>(around, {http_method::post, node_path(options.node, "/attest"),
                                                     std::move(body), options.timeout + beyond_machine});
  if (!got) return not_asked(around, options.node, got.fault());
  const auto failed = got->message.read([](rest::CommandAnswer::Reader in) { return not_attested(in); });
  if (around.format == output_format::json) around.out << got->json << '\n';
  if (!failed.empty()) return report(around, {errc::timeout, failed});
  if (around.format == output_format::table) return node_show(around, options.node);
  return got->message.read(
      [](rest::CommandAnswer::Reader in) { return exit_status_of(text_of(in.getNode().getShown())); });
}

} // namespace muster::cli::commands
