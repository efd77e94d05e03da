#include "service/stopper.hpp"

#include "actors/runtime/guard.hpp"

#include <caf/all.hpp>

#include <functional>

namespace muster::service {

namespace {

/// Some time is always left: an actor that does not wait for a disk replies at once.
constexpr std::chrono::milliseconds least_wait{100};

class stopper_state {
public:
  using self_pointer = stopper_actor::stateful_pointer<stopper_state>;
  stopper_state() = default; // not an aggregate: CAF would pass `self` to the first member

  void begin(self_pointer self, service_core core) {
    self_ = self;
    core_ = std::move(core);
  }

  caf::typed_response_promise<bool> stop(std::chrono::milliseconds within) {
    reply_ = self_->make_response_promise<bool>();
    deadline_ = self_->clock().now() + within;
    core_.stopping->store(true); // ends a look at the whole fleet early
    leave(core_.privacy_ca);
    for (const auto& one : core_.verifiers)
      leave(one);
    ask<bool>(core_.trust, [this] { trust_ended(); });
    return reply_;
  }

private:
  void trust_ended() {
    leave(core_.trust);
    leave(core_.references);
    leave(core_.survey);
    leave(core_.cache);
    ask<bool>(core_.record_log, [this] { log_ended(); });
  }
  void log_ended() {
    leave(core_.record_log);
    ask<commit_outcome>(core_.store, [this] {
      leave(core_.store);
      core_.each([this](std::string_view, const auto& part) { leave(part); }); // all that are left
      reply_.deliver(good_);
      self_->quit();
    });
  }

  template <class Handle> void leave(const Handle& whom) {
    if (whom) self_->send_exit(whom, caf::exit_reason::user_shutdown);
  }
  static bool is_good(bool answer) noexcept { return answer; }
  static bool is_good(const commit_outcome& answer) noexcept { return answer.ok(); }

  /// The next step follows in any case: the actor may be gone, or waiting for the disk.
  template <class Answer, class Handle> void ask(const Handle& whom, std::function<void()> then) {
    if (!whom) return then();
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - self_->clock().now());
    self_->request(whom, std::max(left, least_wait), stop_atom::value)
        .then(
            [this, then](const Answer& answer) {
              good_ = is_good(answer) && good_;
              then();
            },
            [this, then](const caf::error&) {
              good_ = false;
              then();
            });
  }

  self_pointer self_ = nullptr;
  service_core core_;
  caf::typed_response_promise<bool> reply_;
  caf::actor_clock::time_point deadline_;
  bool good_ = true;
};

stopper_actor::behavior_type stopper(stopper_state::self_pointer self, service_core core) {
  runtime::guard(*self, core.ports.log, "stopper");
  self->state.begin(self, std::move(core));
  return {[self](stop_atom, std::chrono::milliseconds within) { return self->state.stop(within); }};
}

} // namespace

stopper_actor spawn_stopper(caf::actor_system& system, const service_core& core, runtime::threading where) {
  return runtime::spawn_waiting(system, where, stopper, core);
}

} // namespace muster::service
