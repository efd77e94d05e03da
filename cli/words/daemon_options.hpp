// The options that `ras` and `raagent` share.
#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace CLI {
class App;
}

namespace muster::cli {

struct daemon_options {
  std::string file; ///< --config
  bool check_only = false;
};

/// Adds --config with the value of `in.file` as its default, --check-config and --version. `in` outlives the
/// parse.
void add_daemon_options(CLI::App& app, daemon_options& in, const std::string& version);

/// Prints "FILE: good", and below it what --check-config looked at.
void print_checked(std::ostream& out, const std::string& file, std::span<const std::string> looked_at);

} // namespace muster::cli
