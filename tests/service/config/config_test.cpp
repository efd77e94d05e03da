// The actor. What breaks if this fails: a reload applies half of what only a restart may change.
#include "actors/runtime/system_config.hpp"
#include "service/config/config.hpp"
#include "tests/temporary_folder.hpp"

#include <caf/all.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace muster;
using namespace muster::service;

TEST_CASE("a reload applies what may change while the service runs, and keeps what only a start changes") {
  const testing::temporary_folder folder;
  const auto place = folder.path().string();
  std::filesystem::create_directory(place + "/policies");
  const auto file = place + "/service.yaml";
  const auto put = [&](const std::string& text) {
    std::ofstream{file} << text + "policies: " + place + "/policies\n";
  };
  put("name: ras.example.org\nlimits: {sessions: 500}\nattestation: {interval: 60s}\n");
  const auto started = load_configuration(file);
  REQUIRE_MESSAGE(started.ok(), started.fault().check);

  std::vector<settings::service_settings> told;
  struct one_thread : runtime::system_config {
    one_thread() : runtime::system_config{scheduler{1, 64}} {}
  } config;
  caf::actor_system system{config};
  const auto log = runtime::log::to([](std::string_view) {}, runtime::log_level::error);
  caf::scoped_actor self{system};
  // When this returns, the actor has read the file.
  const auto reload = [&](const std::string& text) {
    put(text);
    const auto actor = system.spawn(
        service::config,
        config_deps{
            file, started->settings, {[&](const configuration& now) { told.push_back(now.settings); }}, log});
    self->send(actor, reload_atom::value);
    self->send_exit(actor, caf::exit_reason::user_shutdown);
    self->wait_for(actor);
  };
  reload("name: other.example.org\nlimits: {sessions: 400}\nattestation: {interval: 30s}\n");
  reload("attestation: {interval: soon}\n"); // a mistake changes nothing

  REQUIRE(told.size() == 1);
  CHECK(told[0].attestation.interval == std::chrono::seconds{30});
  CHECK(told[0].name == "ras.example.org");
  CHECK(told[0].limits.sessions == 500);
}
