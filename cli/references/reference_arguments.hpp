// muster reference ...: its command line.
#pragma once

#include "cli/client/chosen_action.hpp"
#include "cli/references/reference_make.hpp"

#include <string>

namespace CLI {
class App;
}

namespace muster::cli {

/// What CLI11 fills in while it parses.
struct typed_reference {
  make_options make;
  bool files_of_base = false;
  bool without_documentation = false;
  bool list = false; ///< all that was left out, or all that differs
  std::string rules;
  std::string rim_root;
  std::string rim_time_root;
  std::string first;  ///< a set, or the older one
  std::string second; ///< the newer one, or where to write
};

/// Adds `reference ...`; the command that was typed leaves its action. `in` and `chosen` must outlive the
/// parse.
void add_reference_commands(CLI::App& app, typed_reference& in, chosen_action& chosen);

} // namespace muster::cli
