// SESSION: one for each connected peer. What others may tell it, beside the bytes of its pipe.
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/local_message.hpp"
#include "net/pipe.hpp"
#include "records/command_record.hpp"
#include "records/context.hpp"
#include "standing/session_end.hpp"

#include <caf/typed_actor.hpp>

#include <vector>

namespace muster::service {

/// Commands that are stored as `sent`: they go out with the next beat reply.
using due_commands = std::shared_ptr<const std::vector<command_record>>;

using session_actor = net::pipe_owner_actor::extend<
    // TrustMgr: these go out with the next beat reply.
    caf::reacts_to<deliver_atom, due_commands>,
    // TrustMgr: attestations from the next challenge on are of a machine of this group, appraised with this.
    caf::reacts_to<context_atom, std::string, context_ptr>,
    // TrustMgr: this is what people set for the machine; it goes out with each reply from now on.
    caf::reacts_to<tune_atom, tuning>,
    // TrustMgr, ClientAPI or the seats of its machine: tell the peer, and end.
    caf::reacts_to<end_atom, session_end>,
    // The pot of memory for evidence: whether there is room at last, or what is held must go.
    caf::reacts_to<pot_atom, bool>,
    // Itself: room was waited for long enough.
    caf::reacts_to<pot_atom>,
    // Itself: look at the deadlines.
    caf::reacts_to<tick_atom>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::due_commands)
MUSTER_LOCAL_MESSAGE(muster::service::context_ptr)
MUSTER_LOCAL_MESSAGE(muster::service::session_end)
MUSTER_LOCAL_MESSAGE(muster::tuning)
