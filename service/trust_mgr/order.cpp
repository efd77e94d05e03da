#include "service/trust_mgr/order.hpp"

#include "actors/runtime/guard.hpp"

#include <caf/all.hpp>

namespace muster::service {

namespace {

using self_pointer = order_actor::stateful_pointer<order_state>;

/// The node's deadline is the command's own; the outcome may need a moment more to become durable.
constexpr std::chrono::seconds grace{2};

void settle(self_pointer self, const command_result& how) {
  for (auto& one : self->state.waiting)
    one.deliver(command_reply{how});
  self->state.waiting.clear();
  self->quit(); // TrustMgr has forgotten it, or will when the store says so
}

} // namespace

order_actor::behavior_type order(self_pointer self, command_id id, std::chrono::milliseconds within,
                                 runtime::log log) {
  self->state.id = id;
  runtime::guard(*self, log, "order");
  self->delayed_send(self, within + grace, tick_atom::value);
  return {
      [self](await_atom) {
        auto promise = self->make_response_promise<command_reply>();
        self->state.waiting.push_back(promise);
        return promise;
      },
      [self](settle_atom, const command_result& how) { settle(self, how); },
      [self](tick_atom) {
        settle(self, {self->state.id, command_outcome::unknown, "no outcome before the deadline"});
      },
  };
}

} // namespace muster::service
