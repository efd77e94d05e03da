#include "service/rest_api/answer.hpp"

#include "messages/build.hpp"
#include "messages/time_text.hpp"

namespace muster::service::rest_api {

namespace {

void put_token(rest::JoinToken::Builder to, const join_token_line& line) {
  const auto& token = line.token;
  to.setId(text_of(join_token_id(token.digest)));
  to.setLabel(text_of(token.label));
  to.setRole(token.role == join_role::agent ? "agent" : "none");
  to.setGroup(text_of(token.group));
  to.setState(text_of(std::string{to_string(line.state)}));
  to.setUses(token.uses);
  to.setUsed(line.used);
  to.setMade(text_of(rfc3339(token.made)));
  to.setMadeBy(text_of(token.made_by));
  to.setExpires(text_of(rfc3339(token.expires)));
  if (token.revoked.milliseconds != 0) to.setRevoked(text_of(rfc3339(token.revoked)));
  to.setRevokedBy(text_of(token.revoked_by));
  auto nodes = to.initNodes(static_cast<unsigned>(line.nodes.size()));
  for (unsigned i = 0; i < line.nodes.size(); ++i)
    nodes.set(i, text_of(to_string(line.nodes[i])));
}

} // namespace

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

std::string json_of(const made_join_token& made) {
  return build_json<rest::JoinTokenMade>([&](rest::JoinTokenMade::Builder to) {
    to.setToken(text_of(to_hex(made.token->view())));
    to.setId(text_of(join_token_id(made.on_record.digest)));
    to.setGroup(text_of(made.on_record.group));
    to.setUses(made.on_record.uses);
    to.setExpires(text_of(rfc3339(made.on_record.expires)));
  });
}

std::string json_of(const join_tokens_shown& shown) {
  return build_json<rest::JoinTokenList>([&](rest::JoinTokenList::Builder to) {
    auto tokens = to.initTokens(static_cast<unsigned>(shown.tokens.size()));
    for (unsigned i = 0; i < shown.tokens.size(); ++i)
      put_token(tokens[i], shown.tokens[i]);
    to.setWrong(shown.wrong);
    auto sources = to.initSources(static_cast<unsigned>(shown.worst.size()));
    for (unsigned i = 0; i < shown.worst.size(); ++i) {
      sources[i].setAddress(text_of(shown.worst[i].where));
      sources[i].setWrong(shown.worst[i].wrong);
    }
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
