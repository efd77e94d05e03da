// ORDER: the service's half of a command actor. One for each outstanding command of a person or a policy.
#pragma once

#include "actors/service/trust_mgr.hpp"

namespace muster::service {

using order_actor = caf::typed_actor<
    // Answered with the outcome when it comes, `unknown` when the time is up. Any number may wait; the order
    // ends with the answer.
    caf::replies_to<await_atom>::with<command_reply>,
    // TrustMgr: this is the outcome, and it is durable.
    caf::reacts_to<settle_atom, command_result>,
    // Itself: the time is up.
    caf::reacts_to<tick_atom>>;

} // namespace muster::service
