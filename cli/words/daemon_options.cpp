#include "cli/words/daemon_options.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace muster::cli {

void add_daemon_options(CLI::App& app, daemon_options& in, const std::string& version) {
  app.add_option("--config", in.file, "Configuration file")->capture_default_str();
  app.add_flag("--check-config", in.check_only,
               "Check the configuration and the files that it names, report what is wrong, and exit");
  app.set_version_flag("--version", app.get_name() + ' ' + version);
}

void print_checked(std::ostream& out, const std::string& file, std::span<const std::string> looked_at) {
  out << file << ": good\n";
  for (const auto& line : looked_at)
    out << "  " << line << '\n';
}

} // namespace muster::cli
