#include "cli/client/trial.hpp"
#include "cli/groups/group_commands.hpp"
#include "messages/json_write.hpp"

namespace muster::cli {

int policy_try(const surroundings& around, const std::string& group, byte_view record) {
  const auto hex = to_hex(record);
  auto body = build_json<rest::TryPolicyRequest>([&](rest::TryPolicyRequest::Builder out) {
    out.setGroup(text_of(group));
    out.setRecord(text_of(hex));
  });
  return show_trial(around, {http_method::post, "/v1/policies/try", std::move(body), survey_patience});
}

} // namespace muster::cli
