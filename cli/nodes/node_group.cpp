#include "cli/client/change.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/nodes/node_commands.hpp"
#include "messages/json_write.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <optional>
#include <ostream>

namespace muster::cli {

namespace {

struct judged {
  std::string shown;
  std::string worst; ///< its first finding that is not a note
};

/// Empty if the service does not say.
std::optional<judged> judgement_of(const surroundings& around, const std::string& node) {
  const auto got =
      ask<rest::NodeDetail>(around, {http_method::get, node_path(node), {}, std::chrono::seconds{10}});
  if (!got) return std::nullopt;
  return got->message.read([](rest::NodeDetail::Reader in) {
    judged out{printable(text_of(in.getNode().getShown())), {}};
    for (const auto one : in.getFindings())
      if (out.worst.empty() && text_of(one.getLevel()) != "note")
        out.worst = printable(text_of(one.getCheck())) + " " + printable(text_of(one.getSubject()));
    return out;
  });
}

} // namespace

int node_group(const surroundings& around, const std::string& node, const std::string& group) {
  auto body =
      build_json<rest::GroupRequest>([&](rest::GroupRequest::Builder out) { out.setGroup(text_of(group)); });
  const auto before = judgement_of(around, node);
  const int status =
      change(around, {http_method::put, node_path(node, "/group"), std::move(body), change_patience},
             node + " is now in group " + group);
  if (status != exit_done || around.format == output_format::json) return status;
  const auto after = judgement_of(around, node);
  if (before && after)
    around.out << "it was " << before->shown << ", and is " << after->shown
               << " by what that group is compared with"
               << (after->worst.empty() ? "" : ": " + after->worst + "; muster node show") << '\n';
  return status;
}

} // namespace muster::cli
