// SESSION: one for each connected peer. These are the messages that other actors may send it, in addition to
// the bytes of its pipe.
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

/// Commands that are stored as `sent`. They go out with the next beat reply.
using due_commands = std::shared_ptr<const std::vector<command_record>>;

using session_actor = net::pipe_owner_actor::extend<
    // From TrustMgr: commands that go out with the next beat reply.
    caf::reacts_to<due_commands>,
    // From TrustMgr: the machine's group, and what it is appraised with, from the next challenge on.
    caf::reacts_to<context_atom, std::string, context_ptr>,
    // From TrustMgr: an operator's settings for the machine. They go out with each reply from now on.
    caf::reacts_to<tuning>,
    // From TrustMgr, ClientAPI or the shared seats: tell the peer why, and end.
    caf::reacts_to<end_atom, session_end>,
    // From the pot of memory for evidence. True: room was found; false: what this session holds must go.
    caf::reacts_to<pot_atom, bool>,
    // From itself: the session has waited long enough for room.
    caf::reacts_to<pot_atom>,
    // From itself: check the deadlines.
    caf::reacts_to<tick_atom>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::due_commands)
MUSTER_LOCAL_MESSAGE(muster::service::context_ptr)
MUSTER_LOCAL_MESSAGE(muster::service::session_end)
MUSTER_LOCAL_MESSAGE(muster::tuning)
