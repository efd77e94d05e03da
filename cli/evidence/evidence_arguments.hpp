// muster eventlog, imalog, appraise, evidence export: their command line.
#pragma once

#include "cli/client/chosen_action.hpp"
#include "cli/evidence/appraise.hpp"
#include "cli/evidence/appraise_bundle.hpp"
#include "cli/evidence/evidence_export.hpp"

#include <string>

namespace CLI {
class App;
}

namespace muster::cli {

/// What CLI11 fills in while it parses.
struct typed_evidence {
  std::string log;
  appraise_options evidence;
  std::string pcrs, event_log, ima_log, reference, policy, learn, anchor, log_key, registers;
  bundle_options bundle;
  export_options to_export;
  std::uint64_t attestation = 0;
};

/// Adds `eventlog`, `imalog`, `appraise` and `evidence export`; the command that was typed leaves its action.
/// `in` and `chosen` must outlive the parse.
void add_evidence_commands(CLI::App& app, typed_evidence& in, chosen_action& chosen);

} // namespace muster::cli
