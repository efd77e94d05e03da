// KEEPER: writes what must outlive the process. Detached, since it waits for the disk.
#pragma once

#include "actors/node/atoms.hpp"
#include "actors/node/status_message.hpp"
#include "actors/runtime/local_message.hpp"
#include "messages/vocabulary/bytes.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace muster::node {

/// How long an actor that asks the Keeper waits for the disk.
inline constexpr std::chrono::seconds disk_timeout{30};

/// What the service issued.
struct issued_identity {
  bytes node_certificate;        ///< DER
  std::vector<bytes> node_chain; ///< DER, leaf's issuer first
  bytes ak_certificate;          ///< DER; empty: keep the present one
};

/// The text of the errand book.
struct errands_text {
  std::string text;
};

/// Signed heads of the service's log, concatenated.
struct log_heads {
  bytes kept;
};

/// The trust list in force: verified, with its signature, exactly as received.
struct kept_trust {
  bytes list;
};

} // namespace muster::node

MUSTER_LOCAL_MESSAGE(muster::node::issued_identity)
MUSTER_LOCAL_MESSAGE(muster::node::errands_text)
MUSTER_LOCAL_MESSAGE(muster::node::log_heads)
MUSTER_LOCAL_MESSAGE(muster::node::kept_trust)

namespace muster::node {

using keeper_actor = caf::typed_actor<
    // Answered when the identity is on disk.
    caf::replies_to<keep_atom, issued_identity>::with<status>,
    // Answered when the book is on disk. An errand may have no effect before that.
    caf::replies_to<keep_atom, errands_text>::with<status>,
    // Replaces the stored heads. Not answered: later heads make up for a write that failed.
    caf::reacts_to<keep_atom, log_heads>,
    // Answered when the list is on disk. Only then may the agent report to the service that it has it.
    caf::replies_to<keep_atom, kept_trust>::with<status>,
    // Removes the certificate and leaves the mark `unregistered`.
    caf::replies_to<leave_atom>::with<status>>;

} // namespace muster::node
