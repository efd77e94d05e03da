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

namespace {

/// A configuration on disk, and the actor that reads it again.
class reloading {
public:
  explicit reloading(const std::string& text) {
    std::filesystem::create_directory(place_ + "/policies");
    put(text);
    auto started = load_configuration(file_);
    REQUIRE_MESSAGE(started.ok(), started.fault().check);
    in_force_ = started->settings;
  }

  /// When this returns, the actor has read the file.
  void reload(const std::string& text,
              std::vector<std::function<result<commit>(const configuration&)>> readers = {}) {
    put(text);
    const auto actor = system_.spawn(
        service::config, config_deps{file_,
                                     in_force_,
                                     std::move(readers),
                                     {[this](const configuration& now) { told.push_back(now.settings); }},
                                     runtime::log::to([this](std::string_view line) { lines += line; },
                                                      runtime::log_level::debug)});
    self_->send(actor, reload_atom::value);
    self_->send_exit(actor, caf::exit_reason::user_shutdown);
    self_->wait_for(actor);
  }

  std::vector<settings::service_settings> told;
  std::string lines;

private:
  struct one_thread : runtime::system_config {
    one_thread() : runtime::system_config{scheduler{1, 64}} {}
  };
  void put(const std::string& text) { std::ofstream{file_} << text + "policies: " + place_ + "/policies\n"; }

  testing::temporary_folder folder_;
  std::string place_ = folder_.path().string();
  std::string file_ = place_ + "/service.yaml";
  settings::service_settings in_force_;
  one_thread config_;
  caf::actor_system system_{config_};
  caf::scoped_actor self_{system_};
};

} // namespace

TEST_CASE("a reload applies what may change while the service runs, and keeps what only a start changes") {
  reloading service{
      "name: ras.example.org\nlimits: {evidence_memory: 64MiB}\nattestation: {interval: 60s}\n"};
  service.reload("name: other.example.org\nlimits: {sessions: 400, evidence_memory: 32MiB}\n"
                 "attestation: {interval: 30s}\nadmission: {vendor: automatic, group: racks}\n");
  service.reload("attestation: {interval: soon}\n"); // a mistake changes nothing
  const auto& told = service.told;
  REQUIRE(told.size() == 1);
  CHECK(told[0].attestation.interval == std::chrono::seconds{30});
  CHECK(told[0].limits.sessions == 400);
  CHECK(told[0].admission.vendor == settings::vendor_admission::automatic);
  CHECK(told[0].admission.group == "racks");
  CHECK(told[0].name == "ras.example.org");
  CHECK(told[0].limits.evidence_memory == 64 * settings::MiB);
  for (const auto* key : {"config.needs_restart", "limits.evidence_memory"})
    CHECK_MESSAGE(service.lines.find(key) != std::string::npos, service.lines);
}

TEST_CASE("check 46: a reload whose files cannot be taken changes nothing, neither before nor after them") {
  reloading service{"name: ras.example.org\n"};
  std::vector<std::string> taken;
  const auto good = [&](const configuration&) -> result<commit> {
    return commit{[&taken] { taken.emplace_back("taken"); }};
  };
  const auto bad = [](const configuration&) -> result<commit> {
    return fault{errc::not_found, "admission.vendor_roots: 0 roots"};
  };
  service.reload("name: other.example.org\nbeat: 20s\n", {good, bad});
  CHECK(service.told.empty());
  CHECK(taken.empty());
  CHECK(service.lines.find("config.refused") != std::string::npos);
  CHECK(service.lines.find("0 roots") != std::string::npos);
  CHECK(service.lines.find("needs_restart") == std::string::npos);
  CHECK(service.lines.find("config.reloaded") == std::string::npos);
  service.reload("name: ras.example.org\nbeat: 20s\n", {good, good});
  CHECK(service.told.size() == 1);
  CHECK(taken.size() == 2);
}
