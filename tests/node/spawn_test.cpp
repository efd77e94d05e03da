// What breaks if this fails: an agent whose main actor has died stops beating but looks healthy, and is not
// restarted.
#include "net/io_config.hpp"
#include "node/spawn.hpp"

#include <caf/actor_system.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace muster;

namespace {

constexpr int lives_on = 3;
constexpr std::chrono::seconds long_enough{60};

struct no_log {}; // the log's library swallows every std::exception

/// A log that cannot be written: the agent dies at its first line.
void end_at_death(std::string_view line) {
  if (line.find("event=agent.") != std::string_view::npos) throw no_log{};
}

/// raagent on a machine that has no TPM and reaches no service, from its start to its end.
[[noreturn]] void run_agent(const std::filesystem::path& folder) {
  settings::node_settings settings;
  settings.service.anchor = MUSTER_SOURCE_DIR "/tests/data/vm/grub-sb/ek-root.pem";
  settings.service.name = "ras";
  settings.service.addresses = {{"127.0.0.1", 1}};
  settings.state = (folder / "state").string();
  settings.tpm = "device:" + (folder / "no-tpm").string();
  settings.platform.boot_id = (folder / "boot_id").string();
  net::io_config how;
  caf::actor_system system{how};
  const auto started = node::running_agent::start(
      system, "", settings, runtime::log::to(end_at_death, runtime::log_level::debug), [] {});
  if (started) std::this_thread::sleep_for(long_enough);
  std::_Exit(started ? lives_on : lives_on + 1);
}

} // namespace

// In a separate process: the end of a part is the end of the process.
TEST_CASE("check 41: raagent ends when its agent has died") {
  const auto folder = std::filesystem::temp_directory_path() / ("muster-spawn-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  std::filesystem::create_directory(folder / "state");
  std::filesystem::permissions(folder / "state", std::filesystem::perms::owner_all);
  std::ofstream{folder / "boot_id"} << "00000000-0000-4000-8000-000000000001\n";
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) run_agent(folder);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == EXIT_FAILURE);
  std::filesystem::remove_all(folder);
}
