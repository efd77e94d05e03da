#include "cli/client/change.hpp"

#include "cli/client/shown_status.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <ostream>

namespace muster::cli {

int change(const surroundings& around, const http_call& call, std::string_view done) {
  const auto got = ask<rest::Done>(around, call);
  if (!got) return report(around, got.fault());
  if (around.format == output_format::json)
    around.out << got->json << '\n';
  else
    got->message.read([&](rest::Done::Reader in) {
      around.out << printable(done);
      if (in.getEntered()) around.out << " (record " << in.getLeaf() << ")";
      around.out << '\n';
    });
  return exit_done;
}

} // namespace muster::cli
