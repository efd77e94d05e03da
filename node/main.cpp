// raagent: the agent of one machine.
#include "actors/runtime/stop_signals.hpp"
#include "net/io_config.hpp"
#include "node/load.hpp"
#include "node/spawn.hpp"

#include <CLI/CLI.hpp>
#include <caf/actor_system.hpp>

#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <malloc.h>
#include <mutex>

namespace {

using namespace muster;

/// Exit codes: 0 stopped on request, or nothing to do; 1 could not start or continue; 2 bad configuration or
/// command line: systemd does not restart the agent after that.
constexpr int cannot_run = 1;
constexpr int bad_configuration = 2;

/// What the signal thread and the RA Agent hand to main.
struct commands {
  std::mutex lock;
  std::condition_variable changed;
  bool stop = false;
  bool reload = false;
};

/// An agent is a guest on its machine. It uses one heap for its few threads. Memory taken for a log part
/// returns to the system at once and does not raise the allocator's thresholds for good.
void keep_memory_small() noexcept {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, 64 * 1024);
  ::mallopt(M_TRIM_THRESHOLD, 64 * 1024);
}

int run(const std::string& file, settings::node_settings settings) {
  const auto log = runtime::log::to_stderr(node::log_level_of(settings.level));
  net::io_config how{{2, 64}};
  caf::actor_system system{how};
  commands wanted;
  const auto tell = [&wanted](bool commands::*what) {
    const std::lock_guard guard{wanted.lock};
    wanted.*what = true;
    wanted.changed.notify_one();
  };
  auto signals = runtime::stop_signals::watch([&](runtime::stop_signal signal) {
    tell(signal == runtime::stop_signal::hangup ? &commands::reload : &commands::stop);
  });
  if (!signals) {
    std::cerr << "raagent: " << signals.fault().check << '\n';
    return cannot_run;
  }
  const auto name = settings.service.name;
  auto started =
      node::running_agent::start(system, file, std::move(settings), log, [&] { tell(&commands::stop); });
  if (!started) {
    std::cerr << "raagent: " << started.fault().check << '\n';
    return cannot_run;
  }
  if (!*started) return 0;
  log.info("agent.started", {{"service", name}});
  std::unique_lock guard{wanted.lock};
  while (!wanted.stop) {
    wanted.changed.wait(guard, [&] { return wanted.stop || wanted.reload; });
    if (std::exchange(wanted.reload, false)) (*started)->reload();
  }
  guard.unlock();
  // An actor that still waits for the TPM would hold the process up. All that must be kept is already on
  // disk.
  if (!(*started)->stop()) std::_Exit(0);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  muster::runtime::block_stop_signals();
  keep_memory_small();
  CLI::App app{"raagent, the agent of Muster: proves to the service what this machine is and runs.\n"
               "SIGHUP reads the configuration again; SIGTERM stops in order."};
  std::string file = "/etc/muster/node.yaml";
  bool check = false;
  app.add_option("--config", file, "Configuration file")->capture_default_str();
  app.add_flag("--check-config", check,
               "Read the configuration and what it names, say what is wrong, and exit");
  app.set_version_flag("--version", "raagent " MUSTER_VERSION);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : bad_configuration;
  }
  auto settings = muster::node::load_settings(file);
  if (!settings) {
    std::cerr << settings.fault().check << '\n';
    return bad_configuration;
  }
  // Checked before a start, too: a named file that does not exist is as fatal as a bad setting, and a restart
  // mends neither.
  const auto named = muster::node::check_named_files(*settings);
  if (!named) {
    std::cerr << "raagent: " << named.fault().check << '\n';
    return bad_configuration;
  }
  if (check) {
    std::cout << file << ": good\n";
    for (const auto& line : *named)
      std::cout << "  " << line << '\n';
    return 0;
  }
  return run(file, std::move(*settings));
}
