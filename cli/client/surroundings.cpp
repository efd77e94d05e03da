#include "cli/client/surroundings.hpp"

#include "cli/client/shown_status.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <ostream>

namespace muster::cli {

int report(const surroundings& around, const fault& why) {
  around.err << "muster: " << printable(why.check) << '\n';
  return exit_error;
}

} // namespace muster::cli
