// SESSION: one for each connected peer. These are the messages that it gets from other actors and from
// itself, in addition to the bytes of its pipe.
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
    // From TrustMgr: commands to send with the next beat reply.
    caf::reacts_to<due_commands>,
    // From TrustMgr: from the next challenge on, the machine's group and the context by which it is
    // appraised.
    caf::reacts_to<context_atom, std::string, context_ptr>,
    // From TrustMgr: an operator's settings for the machine. From now on, each beat reply carries them.
    caf::reacts_to<tuning>,
    // From TrustMgr, ClientAPI or the shared seats: tell the peer why the session ends, and end it.
    caf::reacts_to<end_atom, session_end>,
    // From the pot of memory for evidence. True: there is room now; false: this session must give up its
    // evidence.
    caf::reacts_to<pot_atom, bool>,
    // From itself: the session has waited for room long enough to insist.
    caf::reacts_to<pot_atom>,
    // From itself: check the deadlines.
    caf::reacts_to<tick_atom>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::due_commands)
MUSTER_LOCAL_MESSAGE(muster::service::context_ptr)
MUSTER_LOCAL_MESSAGE(muster::service::session_end)
MUSTER_LOCAL_MESSAGE(muster::tuning)
