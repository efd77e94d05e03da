// ras: the remote-attestation service.
#include "actors/runtime/stop_deadline.hpp"
#include "actors/runtime/stop_signals.hpp"
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
#include <future>
#include <iostream>
#include <mutex>

namespace {

using namespace muster;

/// Exit codes: 0 stopped as asked, 1 could not start or stop, 2 configuration or command line.
constexpr int cannot_run = 1;
constexpr int bad_configuration = 2;

/// Longer than the order of stopping takes (running_service::stop_within), shorter than TimeoutStopSec of
/// configs/systemd/muster-ras.service.in.
constexpr std::chrono::seconds longest_stop{25};

/// What the signal thread passes to main.
struct commands {
  std::mutex lock;
  std::condition_variable changed;
  bool stop = false;
  bool reload = false;
};

int run(const std::string& file, service::configuration configured) {
  const auto log = runtime::log::to_stderr(service::log_level_of(configured.settings.level));
  const auto settings = configured.settings;
  // The destructor of the actor system waits for all actors, and one of them may be waiting for the disk.
  runtime::stop_deadline overdue{log, longest_stop};
  net::io_config how;
  caf::actor_system system{how};
  commands wanted;
  auto signals = runtime::stop_signals::watch([&](runtime::stop_signal signal) {
    if (signal != runtime::stop_signal::hangup) overdue.begin();
    const std::lock_guard guard{wanted.lock};
    (signal == runtime::stop_signal::hangup ? wanted.reload : wanted.stop) = true;
    wanted.changed.notify_one();
  });
  if (!signals) {
    std::cerr << "ras: " << signals.fault().check << '\n';
    return cannot_run;
  }
  auto started = service::running_service::start(system, file, std::move(configured), log);
  if (!started) {
    std::cerr << "ras: " << started.fault().check << '\n';
    return cannot_run;
  }
  log.info("service.started", {{"listen", to_string(settings.listen_agents)}, {"socket", settings.socket}});
  std::unique_lock guard{wanted.lock};
  while (!wanted.stop) {
    wanted.changed.wait(guard, [&] { return wanted.stop || wanted.reload; });
    if (std::exchange(wanted.reload, false)) (*started)->reload();
  }
  guard.unlock();
  // An actor that still waits for the disk would keep the process alive. All that was acknowledged is already
  // on disk.
  if (!(*started)->stop()) std::_Exit(cannot_run);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  muster::runtime::block_stop_signals();
  CLI::App app{"ras, the service of Muster: enrols machines, judges their evidence and tells what it found.\n"
               "SIGHUP reads the configuration again; SIGTERM stops in order."};
  std::string file = "/etc/muster/service.yaml";
  bool check = false;
  app.add_option("--config", file, "Configuration file")->capture_default_str();
  app.add_flag("--check-config", check,
               "Read the configuration and what it names, say what is wrong, and exit");
  std::string database;
  app.add_option("--export-log", database,
                 "Write the log of records of a database that no service has open, a copy for example, to "
                 "standard output, and exit; `muster log verify` reads it");
  app.set_version_flag("--version", "ras " MUSTER_VERSION);
  std::function<int()> chosen;
  app.fallthrough();
  muster::service::add_ca_commands(app, file, chosen);
  app.name("ras");
  const std::vector<std::string> words{argv + 1, argv + argc};
  if (const auto unknown = muster::cli::unknown_command(app, words); !unknown.empty()) {
    std::cerr << "ras: " << unknown << "\n";
    return bad_configuration;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : bad_configuration;
  }
  if (chosen) return chosen();
  if (!database.empty()) {
    const auto written = muster::service::export_log(database, std::cout);
    if (!written) std::cerr << "ras: " << written.fault().check << '\n';
    return written ? 0 : cannot_run;
  }
  auto configured = muster::service::load_configuration(file);
  if (!configured) {
    std::cerr << configured.fault().check << '\n';
    return bad_configuration;
  }
  // Checked before a start as well: a missing file is as bad as a wrong value, and restarting mends neither.
  const auto found = muster::service::check_named_files(*configured);
  if (!found) {
    std::cerr << "ras: " << found.fault().check << '\n';
    return bad_configuration;
  }
  if (check) {
    std::cout << file << ": good\n";
    for (const auto& line : *found)
      std::cout << "  " << line << '\n';
    return 0;
  }
  return run(file, std::move(*configured));
}
