#include "actors/runtime/guard.hpp"
#include "actors/runtime/system_config.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <mutex>
#include <stdexcept>

using namespace muster;
using namespace muster::runtime;

namespace {

struct shared_recorder {
  std::mutex lock;
  std::vector<std::string> lines;
  runtime::log out{runtime::log::to(
      [this](std::string_view line) {
        const std::lock_guard guard{lock};
        lines.emplace_back(line);
      },
      log_level::debug)};
};

caf::behavior fragile(caf::event_based_actor* self, const runtime::log& out) {
  guard(*self, out, "fragile");
  return {[](int) { throw std::runtime_error{"too\nbad"}; }};
}

} // namespace

TEST_CASE("an exception ends the actor and gives one line in the log") {
  shared_recorder r;
  system_config config;
  caf::actor_system system{config};
  const auto a = system.spawn(fragile, r.out);
  caf::scoped_actor self{system};
  self->monitor(a);
  self->send(a, 1);
  bool died = false;
  self->receive(
      [&](const caf::down_msg& down) { died = down.reason == caf::exit_reason::unhandled_exception; },
      caf::after(std::chrono::seconds{30}) >> [] {});
  CHECK(died);
  REQUIRE(r.lines.size() == 1);
  CHECK(r.lines[0] == R"(level=error event=actor.exception actor="fragile" what="too\x0abad")");
}

TEST_CASE("an actor that gets a message without a handler logs it, answers with an error, and survives") {
  shared_recorder r;
  system_config config;
  caf::actor_system system{config};
  const auto a = system.spawn(fragile, r.out);
  caf::scoped_actor self{system};
  bool refused = false;
  self->request(a, std::chrono::seconds{30}, std::string{"unexpected"})
      .receive([] {}, [&](const caf::error& why) { refused = why == caf::sec::unexpected_message; });
  CHECK(refused);
  REQUIRE(r.lines.size() == 1);
  CHECK(r.lines[0].find("event=actor.unexpected") != std::string::npos);
  CHECK(r.lines[0].find("unexpected\"") == std::string::npos);
  caf::anon_send_exit(a, caf::exit_reason::user_shutdown);
}

TEST_CASE("the configuration bounds an actor's turn") {
  system_config config;
  CHECK(caf::get_or(config, "scheduler.max-throughput", std::size_t{0}) == 64);
  CHECK(caf::get_or(config, "scheduler.max-threads", std::size_t{0}) > 0);
}
