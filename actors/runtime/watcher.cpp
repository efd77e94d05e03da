#include "actors/runtime/watcher.hpp"

#include "actors/runtime/guard.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include <cstdlib>
#include <map>
#include <string>

namespace muster::runtime {

namespace {

using add_part = caf::atom_constant<caf::atom("addpart")>;
using dismissed = caf::atom_constant<caf::atom("dismissed")>;

struct watcher_state {
  std::map<caf::actor_id, std::string> parts;
};

caf::behavior watch_parts(caf::stateful_actor<watcher_state>* self, log out, std::function<void()> end) {
  guard(*self, out, "watcher");
  self->set_down_handler([self, out, end = std::move(end)](const caf::down_msg& down) {
    const auto part = self->state.parts.find(down.source.id());
    if (part == self->state.parts.end()) return;
    out.error("part.ended", {{"part", part->second}, {"remedy", "the process ends, to be started again"}});
    self->state.parts.clear();
    if (!end) std::_Exit(EXIT_FAILURE);
    end();
  });
  return {
      [self](add_part, const std::string& name, const caf::strong_actor_ptr& part) {
        self->state.parts[part->id()] = name;
        self->monitor(part);
      },
      [self](dismissed) {
        self->state.parts.clear();
        self->quit();
        return true;
      },
  };
}

} // namespace

watcher::watcher(caf::actor_system& system, log out, std::function<void()> end)
    : actor_{system.spawn(watch_parts, std::move(out), std::move(end))} {}

watcher::~watcher() { dismiss(); }

void watcher::watch(std::string_view name, const caf::strong_actor_ptr& part) {
  caf::anon_send(actor_, add_part::value, std::string{name}, part);
}

void watcher::dismiss() {
  if (!actor_) return;
  caf::scoped_actor self{actor_.home_system()};
  self->request(actor_, std::chrono::seconds{5}, dismissed::value)
      .receive([](bool) {}, [](const caf::error&) {});
  actor_ = nullptr;
}

} // namespace muster::runtime
