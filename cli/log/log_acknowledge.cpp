#include "cli/client/change.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/log/log_commands.hpp"
#include "messages/json_write.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <charconv>

namespace muster::cli {

namespace {

/// "SIZE:ROOT" as the body of a request. fault malformed.
result<std::string> body_of(const std::string& head) {
  const auto colon = head.find(':');
  const std::string_view digits{head.data(), colon == std::string::npos ? 0 : colon};
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  if (error != std::errc{} || end != digits.data() + digits.size()
      || !bytes32_from_hex(head.substr(colon + 1)))
    return fault{errc::malformed, "--head: expected SIZE:ROOT, as `muster log head` shows it"};
  return build_json<rest::AcknowledgeHeadRequest>([&](rest::AcknowledgeHeadRequest::Builder out) {
    out.setSize(size);
    out.setRoot(text_of(head.substr(colon + 1)));
  });
}

} // namespace

int log_acknowledge(const surroundings& around, const std::vector<std::string>& heads) {
  // All heads are parsed before the first is sent: a typing error must not leave half of them acknowledged.
  std::vector<std::string> bodies;
  for (const auto& one : heads) {
    auto body = body_of(one);
    if (!body) return report(around, body.fault());
    bodies.push_back(std::move(*body));
  }
  for (std::size_t i = 0; i < bodies.size(); ++i)
    if (const auto status = change(
            around, {http_method::post, "/v1/log/acknowledge", std::move(bodies[i]), change_patience},
            "acknowledged: the loss that head " + heads[i].substr(0, heads[i].find(':') + 9) + "... shows");
        status != exit_done)
      return status;
  return exit_done;
}

} // namespace muster::cli
