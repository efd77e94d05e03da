// A real REST server in front of the fake actors, in a folder of its own.
#pragma once

#include "actors/runtime/system_config.hpp"
#include "tests/service/rest_api/fake_actors.hpp"
#include "tests/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

namespace muster::service::rest_test {

/// The lines that a program logged.
class log_lines {
public:
  runtime::log log() {
    return runtime::log::to(
        [this](std::string_view line) {
          const std::lock_guard guard{lock_};
          lines_.emplace_back(line);
        },
        runtime::log_level::debug);
  }
  bool contain(std::string_view text) const { return count(text) != 0; }
  std::size_t count(std::string_view text) const {
    const std::lock_guard guard{lock_};
    return static_cast<std::size_t>(std::ranges::count_if(
        lines_, [&](const auto& line) { return line.find(text) != std::string::npos; }));
  }

private:
  mutable std::mutex lock_;
  std::vector<std::string> lines_;
};

/// Whether the condition comes true; gives up after a minute.
template <class Condition> bool comes(const Condition& wanted) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (!wanted() && std::chrono::steady_clock::now() < end)
    std::this_thread::yield();
  return wanted();
}

struct two_threads : runtime::system_config {
  two_threads() : runtime::system_config{scheduler{2, 64}} {}
};

/// A server that listens on a socket in a folder of its own.
struct served {
  testing::temporary_folder folder;
  log_lines lines;
  fleet_ptr known = std::make_shared<fleet>();
  two_threads config;
  caf::actor_system system{config};
  cache_actor cache = system.spawn(fake_cache, known);
  trust_mgr_actor trust = system.spawn(fake_trust_mgr, known);
  references_actor references = system.spawn(fake_references, known);
  survey_actor survey = system.spawn(fake_survey, known);
  record_log_actor record_log = system.spawn(fake_record_log, known);
  exporter_actor exporter = system.spawn(fake_exporter, folder.file("spool"));
  rotation_actor rotation = system.spawn(fake_rotation, known);
  std::string socket = folder.file("ras.sock");
  std::unique_ptr<rest_server> server;

  explicit served(rest_limits limits = {}) {
    auto started = rest_server::start(
        {system,
         cache,
         trust,
         references,
         survey,
         record_log,
         socket,
         {},
         lines.log(),
         limits,
         exporter,
         rotation,
         [known = known] {
           return known->storing ? status{} : status{fault{errc::busy, "disk: it is full"}};
         }});
    REQUIRE_MESSAGE(started.ok(), (started ? std::string{} : started.fault().check));
    server = std::move(*started);
  }
  ~served() {
    server.reset();
    known->drop_kept();
    caf::anon_send_exit(cache, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(trust, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(references, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(survey, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(record_log, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(exporter, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(rotation, caf::exit_reason::user_shutdown);
  }
};

} // namespace muster::service::rest_test
