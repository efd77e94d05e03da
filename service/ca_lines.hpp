// The command line of `ras ca`.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace muster::service {

/// Adds `ca` with its commands. The command that was typed leaves in `chosen` a function that returns the
/// program's exit status. `config` is the configuration file as it was typed.
void add_ca_commands(CLI::App& app, const std::string& config, std::function<int()>& chosen);

} // namespace muster::service
