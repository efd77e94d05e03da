// raagent: the agent of one machine.
#include "actors/runtime/stop_and_reload.hpp"
#include "actors/runtime/stop_deadline.hpp"
#include "checkup/probe/own_process.hpp"
#include "cli/words/daemon_options.hpp"
#include "cli/words/option_error.hpp"
#include "cli/words/unknown_command.hpp"
#include "net/io_config.hpp"
#include "node/checkup/check_machine.hpp"
#include "node/load.hpp"
#include "node/look_around.hpp"
#include "node/spawn.hpp"

#include <CLI/CLI.hpp>
#include <caf/actor_system.hpp>

#include <cstdlib>
#include <iostream>
#include <malloc.h>
#include <string>
#include <vector>

namespace {

using namespace muster;

/// Above what stopping takes (running_agent::stop), below TimeoutStopSec of configs/systemd/muster-raagent.service.in.
constexpr std::chrono::seconds longest_stop{5};

/// An agent is a guest on its machine. It uses one heap for its few threads. Memory taken for a log part
/// returns to the system at once and does not raise the allocator's thresholds for good.
void keep_memory_small() noexcept {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, 64 * 1024);
  ::mallopt(M_TRIM_THRESHOLD, 64 * 1024);
}

int run(const std::string& file, settings::node_settings settings) {
  const auto log = runtime::log::to_stderr(node::log_level_of(settings.level));
  // A configuration that hangs while it is read again must not keep the process.
  runtime::stop_deadline overdue{log, longest_stop, [] { std::_Exit(runtime::daemon_stopped); }};
  net::io_config how{{2, 64}};
  caf::actor_system system{how};
  runtime::stop_and_reload wanted;
  if (const auto watched = wanted.watch([&overdue] { overdue.begin(); }); !watched) {
    std::cerr << "raagent: " << watched.fault().check << '\n';
    return runtime::daemon_cannot_run;
  }
  const auto name = settings.service.name;
  auto started =
      node::running_agent::start(system, file, std::move(settings), log, [&wanted] { wanted.stop(); });
  if (!started) {
    std::cerr << "raagent: " << started.fault().check << '\n';
    return runtime::daemon_cannot_run;
  }
  if (!*started) return runtime::daemon_stopped;
  log.info("agent.started", {{"service", name}});
  wanted.wait([&started] { (*started)->reload(); });
  // An actor that still waits for the TPM would hold the process up. All that must be kept is already on
  // disk.
  if (!(*started)->stop()) std::_Exit(runtime::daemon_stopped);
  return runtime::daemon_stopped;
}

/// In a process of its own, so that a TPM that hangs in the kernel does not hold us up.
int check(const std::string& file, bool json) {
  const int found = checkup::in_own_process(
      [&file, json]() -> checkup::report {
        const auto lines = node::check_machine(file);
        return {checkup::exit_status_of(lines),
                json ? checkup::text_for_programs(lines) : checkup::text_for_people(lines)};
      },
      std::cout, std::cerr);
  std::cout.flush();
  return std::cout ? found : runtime::daemon_cannot_run;
}

} // namespace

int main(int argc, char** argv) {
  muster::runtime::block_stop_signals();
  keep_memory_small();
  CLI::App app{"raagent, the agent of Muster: proves to the service what this machine is and what it runs.\n"
               "SIGHUP makes it read the configuration again; SIGTERM stops it cleanly.",
               "raagent"};
  muster::cli::daemon_options options{.file = "/etc/muster/node.yaml"};
  muster::cli::add_daemon_options(app, options, MUSTER_VERSION);
  bool check_machine = false;
  bool json = false;
  auto* checking =
      app.add_flag("--check", check_machine,
                   "Look at this machine (service, clock, TPM, IMA, files), say what is in order and what "
                   "is not, and exit: 0 all in order, 1 not; changes nothing");
  app.add_flag("--json", json, "With --check: for programs")->needs(checking);
  const std::vector<std::string> words{argv + (argc > 0 ? 1 : 0), argv + argc};
  if (const auto unknown = muster::cli::unknown_command(app, words); !unknown.empty()) {
    std::cerr << "raagent: " << unknown << '\n';
    return muster::runtime::daemon_misconfigured;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return muster::cli::explain(app, error, std::cout, std::cerr);
  }
  if (check_machine) return check(options.file, json);
  auto settings = muster::node::load_settings(options.file);
  if (!settings) {
    std::cerr << settings.fault().check << '\n';
    return muster::runtime::daemon_misconfigured;
  }
  // Checked before a start, too: a named file that does not exist is as fatal as a bad setting, and a restart
  // mends neither.
  const auto named = muster::node::check_named_files(*settings);
  if (!named) {
    std::cerr << "raagent: " << named.fault().check << '\n';
    return muster::runtime::daemon_misconfigured;
  }
  if (options.check_only) {
    auto lines = *named;
    for (auto& line : muster::node::look_around(*settings))
      lines.push_back(std::move(line));
    muster::cli::print_checked(std::cout, options.file, lines);
    return muster::runtime::daemon_stopped;
  }
  return run(options.file, std::move(*settings));
}
