// What a program does when one of its essential actors ends.
#pragma once

#include "actors/runtime/log.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/fwd.hpp>

#include <functional>
#include <string_view>

namespace muster::runtime {

/// Ends the process when a part that it cannot do without ends: without that part it would look healthy and
/// do nothing. The supervisor that started the process is expected to start it again. One log line names the
/// part. Each part is watched from `add` until `dismiss` or until this object is destroyed.
class watcher {
public:
  /// `end` is called once, on one of CAF's threads; without an `end` the process exits at once with status 1.
  watcher(caf::actor_system& system, log out, std::function<void()> end = {});
  ~watcher();
  watcher(const watcher&) = delete;
  watcher& operator=(const watcher&) = delete;

  /// `name` is a literal. A part that has already ended ends the process as well.
  template <class Handle> void add(std::string_view name, const Handle& part) {
    watch(name, caf::actor_cast<caf::strong_actor_ptr>(part));
  }
  /// Stops watching: the parts are about to be stopped in order.
  void dismiss();

private:
  void watch(std::string_view name, const caf::strong_actor_ptr& part);

  caf::actor actor_;
};

} // namespace muster::runtime
