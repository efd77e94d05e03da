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
    // The output of `ras ca sign`, and who hands it in. Answered when the list is in force and on record.
    // fault malformed, denied, mismatch, conflict, expired, untrusted, limit: refused, and nothing has
    // changed; busy: the same, since another list is on its way, or only the next start can tell what became
    // of one; io: not known yet. The next start brings the list into force if it is on record, else drops it.
    // So the log records exactly those lists that came into force.
    caf::replies_to<rotate_atom, std::string, std::string>::with<commit_outcome>,
    // rest::TrustStatus
    caf::replies_to<show_atom>::with<rest_answer>>;

} // namespace muster::service
