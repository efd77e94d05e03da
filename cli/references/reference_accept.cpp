#include "cli/client/shown_status.hpp"
#include "cli/client/trial.hpp"
#include "cli/references/reference_commands.hpp"
#include "messages/json_write.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <ostream>

namespace muster::cli {

int reference_accept(const surroundings& around, const accept_options& options) {
  auto body = build_json<rest::ReferenceRequest>([&](rest::ReferenceRequest::Builder out) {
    out.setGroup(text_of(options.group));
    out.setFrom(text_of(options.from));
    out.setSet(text_of(options.set));
    out.setForce(options.force);
  });
  const auto got = ask<rest::ReferenceAnswer>(
      around, {http_method::post, "/v1/references", std::move(body), survey_patience});
  if (!got) return report(around, got.fault());
  got->message.read([&](rest::ReferenceAnswer::Reader in) {
    if (around.format == output_format::json) {
      around.out << got->json << '\n';
      return;
    }
    around.out << (!options.from.empty() ? "the state of " + printable(options.from) : "the set on record")
               << " is now the reference of group " << printable(text_of(in.getGroup())) << "\n  files   "
               << in.getFiles() << "\n  events  " << in.getEvents() << "\n  PCRs    " << in.getPcrs()
               << "\n  digest  " << printable(text_of(in.getDigest())) << '\n';
    if (in.getDifference().size() != 0) around.out << "what changed\n";
    for (const auto line : in.getDifference())
      around.out << "  " << printable(text_of(line)) << '\n';
  });
  return exit_done;
}

} // namespace muster::cli
