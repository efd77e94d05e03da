#include "cli/client/cause_text.hpp"
#include "cli/client/shown_status.hpp"
#include "cli/client/trial.hpp"
#include "cli/files/output.hpp"
#include "cli/groups/group_commands.hpp"

#include <ostream>

namespace muster::cli {

int incidents(const surroundings& around, const std::string& group) {
  const auto query = group.empty() ? std::string{} : "?group=" + encoded(group);
  const auto got =
      ask<rest::Incidents>(around, {http_method::get, "/v1/incidents" + query, {}, survey_patience});
  if (!got) return report(around, got.fault());
  got->message.read([&](rest::Incidents::Reader in) {
    auto& out = around.out;
    if (around.format == output_format::json) {
      out << got->json << '\n';
      return;
    }
    const auto causes = in.getCauses().size() + in.getLeftOut();
    out << in.getAffected() << " of " << counted(in.getMachines(), "machine", "machines")
        << (in.getAffected() == 1 ? " has" : " have") << " a warning or a failure; "
        << counted(causes, "cause", "causes") << '\n';
    if (in.getCauses().size() != 0) out << '\n' << causes_text(in.getCauses());
    if (in.getLeftOut() != 0)
      out << "... and " << counted(in.getLeftOut(), "further cause", "further causes") << '\n';
  });
  return exit_done;
}

} // namespace muster::cli
