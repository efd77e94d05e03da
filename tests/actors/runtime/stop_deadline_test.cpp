// What breaks if these fail: a program whose disk hangs never ends, or a program that stops in time is
// killed.
#include "actors/runtime/stop_deadline.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

using namespace muster::runtime;

TEST_CASE("a stop that takes too long ends the program once, however often a stop was requested") {
  std::promise<void> ended;
  std::atomic<int> calls{0};
  stop_deadline watched{muster::runtime::log{}, std::chrono::milliseconds{20}, [&] {
                          if (++calls == 1) ended.set_value();
                        }};
  watched.begin();
  watched.begin();
  CHECK(ended.get_future().wait_for(std::chrono::seconds{30}) == std::future_status::ready);
  CHECK(calls == 1);
}

TEST_CASE("a stop that ends in time, or was never requested, ends nothing else") {
  bool ended = false;
  {
    stop_deadline idle{muster::runtime::log{}, std::chrono::milliseconds{0}, [&] { ended = true; }};
  }
  {
    stop_deadline stopped{muster::runtime::log{}, std::chrono::hours{1}, [&] { ended = true; }};
    stopped.begin();
  }
  CHECK_FALSE(ended);
}
