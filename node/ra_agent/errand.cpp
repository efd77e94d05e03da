#include "node/ra_agent/errand.hpp"

#include "actors/runtime/guard.hpp"
#include "node/ra_agent/errand_book.hpp"

namespace muster::node {

namespace {

using self_pointer = errand_actor::stateful_pointer<errand_state>;

void finish(self_pointer self, command_outcome how, std::string text) {
  const auto& deps = *self->state.deps;
  deps.log.info("errand.ended", {{"command", deps.what.id.value},
                                 {"kind", to_string(deps.what.kind)},
                                 {"outcome", to_string(how)},
                                 {"text", text}});
  self->send(deps.agent, errand_report{deps.what.id, how, std::move(text)});
  self->quit();
}

void finish_as(self_pointer self, const status& outcome_of_it) {
  if (outcome_of_it) return finish(self, command_outcome::done, {});
  finish(self, command_outcome::failed, outcome_of_it.fault().check);
}

std::chrono::milliseconds time_left(const errand_deps& deps) {
  const auto now = deps.clock->since_boot();
  const auto until = deps.what.deadline;
  return std::chrono::milliseconds{until > now ? until.milliseconds - now.milliseconds : 0};
}

template <class... Question> void ask_agent(self_pointer self, Question&&... question) {
  const auto& deps = *self->state.deps;
  self->request(deps.agent, time_left(deps), std::forward<Question>(question)...)
      .then([self](const status& answer) { finish_as(self, answer); },
            [self](const caf::error&) { finish(self, command_outcome::failed, "it was not done in time"); });
}

void begin(self_pointer self) {
  const auto& deps = *self->state.deps;
  const auto left = time_left(deps);
  if (left.count() == 0) return finish(self, command_outcome::expired, "its time ran out before it began");
  switch (deps.what.kind) {
  case command_kind::attest: self->delayed_send(self, left, wake_atom::value); return;
  case command_kind::renew: return ask_agent(self, renew_atom::value);
  case command_kind::reconfigure: return ask_agent(self, tuned_atom::value);
  case command_kind::unregister:
    self->delayed_send(self, left, wake_atom::value);
    self->send(deps.agent, errand_report{deps.what.id, command_outcome::accepted, {}});
    return;
  }
}

void leave(self_pointer self) {
  if (std::exchange(self->state.leaving, true)) return;
  self->request(self->state.deps->keeper, disk_timeout, leave_atom::value)
      .then([self](const status& answer) { finish_as(self, answer); },
            [self](const caf::error&) { finish(self, command_outcome::failed, "the disk did not answer"); });
}

void arrived(self_pointer self) {
  if (self->state.deps->what.kind == command_kind::attest) return finish(self, command_outcome::done, {});
  if (self->state.deps->what.kind == command_kind::unregister) leave(self);
}

void wake(self_pointer self) {
  if (self->state.leaving) return;
  const bool attest = self->state.deps->what.kind == command_kind::attest;
  finish(self, command_outcome::expired,
         attest ? "no evidence reached the service in time" : "the service did not confirm");
}

} // namespace

errand_actor::behavior_type errand(self_pointer self, errand_deps deps) {
  runtime::guard(*self, deps.log, "errand");
  self->state.deps.emplace(std::move(deps));
  return {
      [self](begin_atom) { begin(self); },
      [self](arrived_atom) { arrived(self); },
      [self](wake_atom) { wake(self); },
  };
}

} // namespace muster::node
