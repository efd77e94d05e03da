#include "cli/commands/surroundings.hpp"

#include "cli/commands/exit_status.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <ostream>

namespace muster::cli::commands {

int report(const surroundings& around, const fault& why) {
  around.err << "muster: " << printable(why.check) << '\n';
  return exit_error;
}

} // namespace muster::cli::commands
