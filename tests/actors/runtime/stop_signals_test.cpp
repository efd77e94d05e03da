#include "actors/runtime/stop_signals.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <unistd.h>
#include <vector>

using namespace muster;
using namespace muster::runtime;

namespace {

// Must come before any thread: the threads of actor systems in this program's other tests end a little after
// their system.
const bool blocked = (block_stop_signals(), true);

} // namespace

TEST_CASE("each signal becomes one call, and none comes after the end") {
  REQUIRE(blocked);
  std::mutex lock;
  std::condition_variable changed;
  std::vector<stop_signal> seen;
  {
    auto watching = stop_signals::watch([&](stop_signal which) {
      const std::lock_guard guard{lock};
      seen.push_back(which);
      changed.notify_one();
    });
    REQUIRE(watching);
    const std::pair<int, stop_signal> rows[] = {
        {SIGHUP, stop_signal::hangup}, {SIGTERM, stop_signal::terminate}, {SIGINT, stop_signal::interrupt}};
    for (const auto& [number, expected] : rows) {
      std::unique_lock guard{lock};
      const auto before = seen.size();
      REQUIRE(::kill(::getpid(), number) == 0);
      REQUIRE(changed.wait_for(guard, std::chrono::seconds{30}, [&] { return seen.size() > before; }));
      CHECK(seen.back() == expected);
    }
  }
  REQUIRE(::kill(::getpid(), SIGHUP) == 0); // pending and blocked: no thread gets it
  CHECK(seen.size() == 3);
}
