#include "service/rest_api/answer.hpp"

#include "messages/build.hpp"

namespace muster::service::rest_api {

result<std::string> json_of(const command_result& outcome, const std::optional<frame>& detail) {
  const auto tell = [&](auto&& put_node) {
    return build_json<rest::CommandAnswer>([&](rest::CommandAnswer::Builder to) {
      to.setCommand(outcome.id.value);
      to.setOutcome(text_of(std::string{to_string(outcome.outcome)}));
      to.setText(text_of(outcome.text));
      put_node(to);
    });
  };
  if (!detail) return tell([](rest::CommandAnswer::Builder) {});
  const auto checked = parse_view<rest::NodeDetail>(*detail);
  if (!checked) return fault{errc::internal, "service: " + checked.fault().check};
  return checked->read([&](rest::NodeDetail::Reader shown) {
    return tell([&](rest::CommandAnswer::Builder to) { to.setNode(shown.getNode()); });
  });
}

std::string json_of(sequence durable, std::optional<log_number> leaf) {
  return build_json<rest::Done>([&](rest::Done::Builder to) {
    to.setSequence(durable.value);
    to.setLeaf(leaf.value_or(log_number{}).value);
    to.setEntered(leaf.has_value());
  });
}

} // namespace muster::service::rest_api
