#include "cli/client/trial.hpp"
#include "cli/references/reference_commands.hpp"
#include "messages/json_write.hpp"

namespace muster::cli {

int reference_try(const surroundings& around, const try_reference_options& options) {
  auto body = build_json<rest::TryReferenceRequest>([&](rest::TryReferenceRequest::Builder out) {
    out.setGroup(text_of(options.group));
    out.setSet(text_of(options.set));
    out.setFrom(text_of(options.from));
  });
  return show_trial(around, {http_method::post, "/v1/references/try", std::move(body), survey_patience});
}

} // namespace muster::cli
