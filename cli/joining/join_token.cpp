#include "cli/client/change.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/client/text_table.hpp"
#include "cli/joining/join_commands.hpp"
#include "messages/json_write.hpp"

#include <ostream>

namespace muster::cli {

namespace {

constexpr const char* path = "/v1/join-tokens";
constexpr std::size_t id_digits = 16; // of a node, as in other tables

std::string safe(capnp::Text::Reader text) { return printable(text_of(text), 200); }

/// How to give it to an agent. Not as an argument: other users of a machine see those.
std::string how_to_use(rest::JoinTokenMade::Reader made) {
  return "token " + safe(made.getId()) + ": " + counted(made.getUses(), "machine", "machines")
         + " into group " + safe(made.getGroup()) + ", until " + safe(made.getExpires())
         + ". It is shown only now.\n"
           "On each machine, put it into a file of mode 0600 that belongs to the agent's user "
           "(muster-agent), "
           "and\nname the file in the agent's configuration:\n"
           "  join_token_file: /etc/muster/join-token\n"
           "It admits a machine that this service never had on record. Remove file and key afterwards.\n";
}

std::string nodes_text(rest::JoinToken::Reader token) {
  std::string out;
  for (const auto node : token.getNodes())
    out += "  " + safe(node).substr(0, id_digits);
  const auto more = token.getUsed() - std::min(token.getUsed(), token.getNodes().size());
  if (more != 0) out += "  and " + std::to_string(more) + " more";
  return out;
}

std::string list_text(rest::JoinTokenList::Reader in) {
  text_table table{{"ID", "STATE", "GROUP", "USED", "EXPIRES", "MADE BY", "LABEL"}};
  std::string nodes;
  for (const auto one : in.getTokens()) {
    const auto state = one.getRevoked().size() == 0
                           ? safe(one.getState())
                           : "revoked by " + safe(one.getRevokedBy()) + " " + safe(one.getRevoked());
    table.add({safe(one.getId()), state, safe(one.getGroup()),
               std::to_string(one.getUsed()) + " of " + std::to_string(one.getUses()), safe(one.getExpires()),
               safe(one.getMadeBy()), safe(one.getLabel())});
    if (one.getNodes().size() != 0) nodes += safe(one.getId()) + " admitted" + nodes_text(one) + '\n';
  }
  auto out = in.getTokens().size() == 0
                 ? std::string{"there is no join token; muster join-token create makes "
                               "one\n"}
                 : table.text(colours::none, 0);
  if (!nodes.empty()) out += '\n' + nodes;
  if (in.getWrong() == 0) return out;
  out += '\n' + counted(in.getWrong(), "token was", "tokens were") + " not accepted since ras started, from";
  for (const auto one : in.getSources())
    out += ' ' + (one.getAddress().size() == 0 ? "others" : safe(one.getAddress())) + " ("
           + std::to_string(one.getWrong()) + ")";
  return out + '\n';
}

} // namespace

int join_token_create(const surroundings& around, const join_token_options& options) {
  auto body = build_json<rest::JoinTokenRequest>([&](rest::JoinTokenRequest::Builder out) {
    out.setGroup(text_of(options.group));
    out.setUses(options.uses);
    out.setExpires(text_of(options.expires));
    out.setLabel(text_of(options.label));
  });
  const auto got =
      ask<rest::JoinTokenMade>(around, {http_method::post, path, std::move(body), change_patience});
  if (!got) return report(around, got.fault());
  got->message.read([&](rest::JoinTokenMade::Reader made) {
    if (around.format == output_format::json) {
      around.out << got->json << '\n';
      return;
    }
    around.out << safe(made.getToken()) << '\n' << std::flush;
    around.err << how_to_use(made);
  });
  return exit_done;
}

int join_token_list(const surroundings& around) {
  const auto got = ask<rest::JoinTokenList>(around, {http_method::get, path, {}});
  if (!got) return report(around, got.fault());
  got->message.read([&](rest::JoinTokenList::Reader in) {
    around.out << (around.format == output_format::json ? got->json + '\n' : list_text(in));
  });
  return exit_done;
}

int join_token_revoke(const surroundings& around, const std::string& id) {
  return change(around, {http_method::remove, std::string{path} + '/' + encoded(id), {}, change_patience},
                "join token " + id + " is revoked: it admits no more machines; those that it admitted stay");
}

} // namespace muster::cli
