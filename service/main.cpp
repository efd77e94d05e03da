// ras: the remote-attestation service.
#include "actors/runtime/stop_and_reload.hpp"
#include "actors/runtime/stop_deadline.hpp"
#include "cli/words/daemon_options.hpp"
#include "cli/words/option_error.hpp"
#include "cli/words/unknown_command.hpp"
#include "net/io_config.hpp"
#include "service/applied.hpp"
#include "service/ca_lines.hpp"
#include "service/check.hpp"
#include "service/config/load_configuration.hpp"
#include "service/export_log.hpp"
#include "service/spawn.hpp"

#include <CLI/CLI.hpp>
#include <caf/actor_system.hpp>

#include <cstdlib>
#include <iostream>

namespace {

using namespace muster;

/// Longer than the order of stopping takes (running_service::stop_within), shorter than TimeoutStopSec of
/// configs/systemd/muster-ras.service.in.
constexpr std::chrono::seconds longest_stop{25};

std::string listed(const std::vector<endpoint>& all) {
  std::string out;
  for (const auto& one : all)
    out += (out.empty() ? "" : " ") + to_string(one);
  return out;
}

int run(const std::string& file, service::configuration configured) {
  const auto log = runtime::log::to_stderr(service::log_level_of(configured.settings.level));
  const auto settings = configured.settings;
  // The destructor of the actor system waits for all actors, and one of them may be waiting for the disk.
  runtime::stop_deadline overdue{log, longest_stop};
  net::io_config how;
  caf::actor_system system{how};
  runtime::stop_and_reload wanted;
  if (const auto watched = wanted.watch([&overdue] { overdue.begin(); }); !watched) {
    std::cerr << "ras: " << watched.fault().check << '\n';
    return runtime::daemon_cannot_run;
  }
  auto started = service::running_service::start(system, file, std::move(configured), log);
  if (!started) {
    std::cerr << "ras: " << started.fault().check << '\n';
    overdue.begin(); // what was started may wait for a disk that hangs
    return runtime::daemon_cannot_run;
  }
  log.info("service.started", {{"listen", listed(settings.listen_agents)}, {"socket", settings.socket}});
  wanted.wait([&started] { (*started)->reload(); });
  // An actor that still waits for the disk would keep the process alive. All that was acknowledged is already
  // on disk.
  if (!(*started)->stop()) std::_Exit(runtime::daemon_cannot_run);
  return runtime::daemon_stopped;
}

} // namespace

int main(int argc, char** argv) {
  muster::runtime::block_stop_signals();
  CLI::App app{
      "ras, the service of Muster: enrols machines, judges their evidence and reports what it found.\n"
      "SIGHUP makes it read the configuration again; SIGTERM stops it cleanly.",
      "ras"};
  muster::cli::daemon_options options{.file = "/etc/muster/service.yaml"};
  muster::cli::add_daemon_options(app, options, MUSTER_VERSION);
  std::string database;
  app.add_option("--export-log", database,
                 "Write the log of records from a database that no service has open, for example a copy, to "
                 "standard output, and exit; `muster log verify` reads it");
  std::function<int()> chosen;
  app.fallthrough();
  muster::service::add_ca_commands(app, options.file, chosen);
  const std::vector<std::string> words{argv + (argc > 0 ? 1 : 0), argv + argc};
  if (const auto unknown = muster::cli::unknown_command(app, words); !unknown.empty()) {
    std::cerr << "ras: " << unknown << "\n";
    return muster::runtime::daemon_misconfigured;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return muster::cli::explain(app, error, std::cout, std::cerr);
  }
  if (chosen) return chosen();
  if (!database.empty()) {
    const auto written = muster::service::export_log(database, std::cout);
    if (!written) std::cerr << "ras: " << written.fault().check << '\n';
    return written ? 0 : muster::runtime::daemon_cannot_run;
  }
  auto configured = muster::service::load_configuration(options.file);
  if (!configured) {
    std::cerr << configured.fault().check << '\n';
    return muster::runtime::daemon_misconfigured;
  }
  // Checked before a start as well: a missing file is as bad as a wrong value, and restarting mends neither.
  const auto found = muster::service::check_named_files(*configured);
  if (!found) {
    std::cerr << "ras: " << found.fault().check << '\n';
    return muster::runtime::daemon_misconfigured;
  }
  if (options.check_only) {
    auto lines = *found;
    for (auto& line : muster::service::check_surroundings(*configured))
      lines.push_back(std::move(line));
    muster::cli::print_checked(std::cout, options.file, lines);
    return muster::runtime::daemon_stopped;
  }
  return run(options.file, std::move(*configured));
}
