// What breaks if these fail: a service that lost an essential actor says that it is ready, and is not
// restarted.
#include "actors/runtime/system_config.hpp"
#include "actors/runtime/watcher.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <future>

using namespace muster::runtime;

namespace {

caf::behavior part(caf::event_based_actor*, int) {
  return {[](int) {}};
}

} // namespace

TEST_CASE("check 41: a part that ends also ends the program, once") {
  system_config config;
  caf::actor_system system{config};
  std::promise<void> ended;
  std::atomic<int> calls{0};
  watcher watch{system, muster::runtime::log{}, [&] {
                  if (++calls == 1) ended.set_value();
                }};
  const auto one = system.spawn(part, 1);
  const auto other = system.spawn(part, 2);
  watch.add("one", one);
  watch.add("other", other);
  caf::anon_send_exit(one, caf::exit_reason::unhandled_exception);
  caf::anon_send_exit(other, caf::exit_reason::unhandled_exception);
  CHECK(ended.get_future().wait_for(std::chrono::seconds{30}) == std::future_status::ready);
  caf::scoped_actor self{system};
  self->wait_for(one, other);
  watch.dismiss(); // replied once all earlier reports are handled
  CHECK(calls == 1);
}

TEST_CASE("a part that ended before it was watched ends the program, too") {
  system_config config;
  caf::actor_system system{config};
  std::promise<void> ended;
  watcher watch{system, muster::runtime::log{}, [&] { ended.set_value(); }};
  const auto one = system.spawn(part, 1);
  caf::anon_send_exit(one, caf::exit_reason::kill);
  watch.add("one", one);
  CHECK(ended.get_future().wait_for(std::chrono::seconds{30}) == std::future_status::ready);
}

TEST_CASE("parts that are stopped in order end nothing else") {
  system_config config;
  caf::actor_system system{config};
  bool ended = false;
  {
    watcher watch{system, muster::runtime::log{}, [&] { ended = true; }};
    const auto one = system.spawn(part, 1);
    watch.add("one", one);
    watch.dismiss();
    caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  }
  system.await_all_actors_done();
  CHECK_FALSE(ended);
}
