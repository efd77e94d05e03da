// REFERENCES: the sets that machines are compared with, and the policy in force.
#pragma once

#include "actors/service/atoms.hpp"
#include "actors/service/cache.hpp"
#include "actors/service/context.hpp"

#include <caf/typed_actor.hpp>

namespace muster::service {

/// A node's verified state becomes the reference of a group.
struct accept_request {
  std::string group;
  node_id from;
  std::string by; ///< who accepts
};

using policies_ptr = std::shared_ptr<const policies_in_force>;

using references_actor = caf::typed_actor<
    // Answers rest::ReferenceAnswer when the set is durable and in force. fault denied: nobody vouches for
    // the node, or it has a finding that accepting would hide; not_found: no such node, or nothing of it is
    // verified.
    caf::replies_to<accept_atom, accept_request>::with<rest_answer>,
    // Config: these policies from now on.
    caf::reacts_to<changed_atom, policies_ptr>>;

} // namespace muster::service

MUSTER_LOCAL_MESSAGE(muster::service::accept_request)
MUSTER_LOCAL_MESSAGE(muster::service::policies_ptr)
