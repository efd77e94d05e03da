#include "appraisal/policy_record.hpp"
#include "cli/commands/group_commands.hpp"
#include "cli/commands/trial.hpp"
#include "cli/offline/policy_file.hpp"
#include "messages/json_write.hpp"

namespace muster::cli::commands {

int policy_try(const surroundings& around, const try_policy_options& options) {
  const auto policy = load_policy(options.file);
  if (!policy) return report(around, policy.fault());
  const auto record = to_hex(appraisal::to_record(*policy).content());
  auto body = build_json<rest::TryPolicyRequest>([&](rest::TryPolicyRequest::Builder out) {
    out.setGroup(text_of(options.group));
    out.setRecord(text_of(record));
  });
  return show_trial(around, {http_method::post, "/v1/policies/try", std::move(body), survey_patience});
}

} // namespace muster::cli::commands
