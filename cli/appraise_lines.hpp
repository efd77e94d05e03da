// The command line of what needs no service: what may be typed.
#pragma once

#include "cli/chosen_action.hpp"
#include "cli/offline/appraise.hpp"
#include "cli/offline/appraise_bundle.hpp"

#include <string>

namespace CLI {
class App;
}

namespace muster::cli {

/// What CLI11 fills in while it parses.
struct typed_appraise {
  std::string log;
  appraise_options evidence;
  std::string pcrs, event_log, ima_log, reference, policy, learn, anchor, log_key;
  bundle_options bundle;
};

/// Adds `eventlog`, `imalog` and `appraise`; the one that was typed leaves its action. `in` and `chosen`
/// outlive the parse.
void add_appraise_commands(CLI::App& app, typed_appraise& in, chosen_action& chosen);

} // namespace muster::cli
