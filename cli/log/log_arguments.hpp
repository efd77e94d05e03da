// The command line of the commands about the log of records.
#pragma once

#include "cli/client/chosen_action.hpp"
#include "cli/log/log_commands.hpp"
#include "cli/log/log_verify.hpp"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace muster::cli {

/// What CLI11 fills in while it parses.
struct typed_log {
  std::string file;
  log_show_options show;
  std::uint64_t after = 0;
  std::vector<std::string> heads;
  log_verify_options proof;
};

/// Adds `log ...`; the command that was typed leaves its action. `in` and `chosen` must outlive the parse.
void add_log_commands(CLI::App& app, typed_log& in, chosen_action& chosen);

} // namespace muster::cli
