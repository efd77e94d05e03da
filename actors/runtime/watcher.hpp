// What a program does when one of its actors is gone.
#pragma once

#include "actors/runtime/log.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/fwd.hpp>

#include <functional>
#include <string_view>

namespace muster::runtime {

/// Ends the process when a part that it cannot do without ends: one that lives on without its heart looks
/// well and does nothing. Whoever started the process starts it again. One line of the log says which part it
/// was. Each part is watched from `add` until `dismiss`, or this is destroyed.
class watcher {
public:
  /// `end` is called once, on a thread of CAF's; without one the process exits at once with status 1.
  watcher(caf::actor_system& system, log out, std::function<void()> end = {});
  ~watcher();
  watcher(const watcher&) = delete;
  watcher& operator=(const watcher&) = delete;

  /// `name` is a literal. A part that is gone already counts.
  template <class Handle> void add(std::string_view name, const Handle& part) {
    watch(name, caf::actor_cast<caf::strong_actor_ptr>(part));
  }
  /// The parts are about to be stopped in order.
  void dismiss();

private:
  void watch(std::string_view name, const caf::strong_actor_ptr& part);

  caf::actor actor_;
};

} // namespace muster::runtime
