// The Order actor.
#pragma once

#include "actors/runtime/log.hpp"
#include "actors/service/order.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_response_promise.hpp>

namespace muster::service {

struct order_state {
  command_id id;
  std::vector<caf::typed_response_promise<command_reply>> waiting;
};

/// Ends with the outcome, or when its time is up; whoever asks after that gets CAF's error.
order_actor::behavior_type order(order_actor::stateful_pointer<order_state> self, command_id id,
                                 std::chrono::milliseconds within, runtime::log log);

} // namespace muster::service
