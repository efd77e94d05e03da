// ERRAND: the node's half of a command. One actor for each command that was started.
#pragma once

#include "actors/node/atoms.hpp"
#include "actors/runtime/local_message.hpp"
#include "messages/vocabulary/command.hpp"
#include "messages/vocabulary/ids.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <string>

namespace muster::node {

/// A command as it arrived, with its deadline by the machine's own clock.
struct command {
  command_id id;
  command_kind kind = command_kind::attest;
  boot_time deadline; ///< no part of it starts later
  friend bool operator==(const command&, const command&) = default;
};

struct errand_report {
  command_id id;
  command_outcome how = command_outcome::failed;
  std::string text; ///< one sentence for people; printable
  friend bool operator==(const errand_report&, const errand_report&) = default;
};

} // namespace muster::node

MUSTER_LOCAL_MESSAGE(muster::node::errand_report)
MUSTER_LOCAL_MESSAGE(muster::tuning)

namespace muster::node {

/// Reports exactly one end to the RA Agent, then quits. Before the end, `unregister` reports `accepted`.
using errand_actor = caf::typed_actor<
    // Starts the command. By now the disk has its id as started.
    caf::reacts_to<begin_atom>,
    // attest: the service has the evidence. unregister: the service has the report.
    caf::reacts_to<arrived_atom>,
    // From itself: the deadline has come.
    caf::reacts_to<wake_atom>>;

} // namespace muster::node
