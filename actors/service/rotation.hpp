// ROTATION: which trust list is in force, and the next one (docs/protocol.md 1).
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/cache.hpp"
#include "actors/service/local_message.hpp"
#include "actors/service/store.hpp"

#include <caf/typed_actor.hpp>

#include <string>

namespace muster::service {

/// Runs detached: it writes files.
using rotation_actor = caf::typed_actor<
    // What `ras ca sign` wrote, and who hands it in. Answered when the list is in force and on record. fault
    // malformed, mismatch, conflict, expired, untrusted, limit: it is not, and nothing has changed; busy: the
    // same, another one is on its way or only a start knows what became of one; io: the next start brings it
    // into force if it is on record, and else drops it. So the log has the record of exactly those lists that
    // came into force.
    caf::replies_to<rotate_atom, std::string, std::string>::with<commit_outcome>,
    // rest::TrustStatus
    caf::replies_to<show_atom>::with<rest_answer>>;

} // namespace muster::service
