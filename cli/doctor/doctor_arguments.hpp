// The options of `muster doctor`.
#pragma once

#include "cli/client/chosen_action.hpp"
#include "cli/doctor/doctor.hpp"

namespace CLI {
class App;
}

namespace muster::cli {

/// Adds the command. `in` and `chosen` outlive the parse.
void add_doctor_command(CLI::App& app, doctor_options& in, chosen_action& chosen);

} // namespace muster::cli
