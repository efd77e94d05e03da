#include "cli/client/order.hpp"

#include "cli/client/shown_status.hpp"
#include "messages/json_write.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <ostream>

namespace muster::cli {

namespace {

/// What the service needs on top of the machine's time: for its own waits and for the disk.
constexpr std::chrono::seconds beyond_machine{40};

} // namespace

result<answered<rest::CommandAnswer>> order(const surroundings& around, const std::string& node,
                                            std::string_view verb, std::string body,
                                            std::chrono::seconds timeout) {
  return ask<rest::CommandAnswer>(
      around, {http_method::post, node_path(node, verb), std::move(body), timeout + beyond_machine});
}

std::string order_body(std::chrono::seconds timeout) {
  return build_json<rest::OrderRequest>([&](rest::OrderRequest::Builder out) {
    out.setTimeoutSeconds(static_cast<std::uint32_t>(timeout.count()));
  });
}

std::string not_done(rest::CommandAnswer::Reader answer, std::string_view may_still,
                     std::string_view when_expired) {
  const auto outcome = text_of(answer.getOutcome());
  if (outcome == "done") return {};
  std::string out;
  if (outcome == "expired")
    out = when_expired;
  else if (outcome == "unknown")
    out = "no result came in time; " + std::string{may_still};
  else
    out = printable(outcome);
  if (answer.getText().size() != 0) out += " (" + printable(text_of(answer.getText())) + ")";
  return out;
}

int tell_order(const surroundings& around, const answered<rest::CommandAnswer>& answer, std::string_view done,
               std::string_view failed, std::string_view may_still, std::string_view when_expired) {
  const auto why = answer.message.read(
      [&](rest::CommandAnswer::Reader in) { return not_done(in, may_still, when_expired); });
  if (around.format == output_format::json) around.out << answer.json << '\n';
  if (!why.empty()) return report(around, {errc::timeout, std::string{failed} + ": " + why});
  if (around.format == output_format::table) around.out << printable(done) << '\n';
  return exit_done;
}

} // namespace muster::cli
