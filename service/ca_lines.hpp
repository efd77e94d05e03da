// The command line of `ras ca`.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace muster::service {

/// Adds `ca` with its commands. The one that was typed leaves in `chosen` what gives the exit status of the
/// program; `config` is the configuration file as it was typed.
void add_ca_commands(CLI::App& app, const std::string& config, std::function<int()>& chosen);

} // namespace muster::service
