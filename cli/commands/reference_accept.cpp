#include "cli/commands/change.hpp"
#include "cli/commands/commands.hpp"
#include "cli/commands/exit_status.hpp"
#include "messages/json_write.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <ostream>

namespace muster::cli::commands {

int reference_accept(const surroundings& around, const std::string& group, const std::string& from) {
  auto body = build_json<rest::ReferenceRequest>([&](rest::ReferenceRequest::Builder out) {
    out.setGroup(text_of(group));
    out.setFrom(text_of(from));
  });
  const auto got = ask<rest::ReferenceAnswer>(
      around, {http_method::post, "/v1/references", std::move(body), change_patience});
  if (!got) return report(around, got.fault());
  got->message.read([&](rest::ReferenceAnswer::Reader in) {
    if (around.format == output_format::json)
      around.out << got->json << '\n';
    else
      around.out << "the state of " << printable(from) << " is now the reference of group "
                 << printable(text_of(in.getGroup())) << "\n  files   " << in.getFiles() << "\n  events  "
                 << in.getEvents() << "\n  PCRs    " << in.getPcrs() << "\n  digest  "
                 << printable(text_of(in.getDigest())) << '\n';
  });
  return exit_done;
}

} // namespace muster::cli::commands
