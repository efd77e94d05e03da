// Writes heads to their file, so that no other actor waits for a disk other than the database's.
#pragma once

#include "actors/runtime/log.hpp"
#include "actors/runtime/threading.hpp"
#include "service/record_log/head_file.hpp"

#include <caf/typed_actor.hpp>

namespace muster::service {

/// Takes a line for the file. Replies whether it is written; if not, the process's log says why.
using head_keeper_actor = caf::typed_actor<caf::replies_to<std::string>::with<bool>>;

head_keeper_actor spawn_head_keeper(caf::actor_system& system, head_file file, runtime::log log,
                                    runtime::threading where);

} // namespace muster::service
