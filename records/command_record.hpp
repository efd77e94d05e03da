// A command of an operator or a policy, as it is stored before it is sent (docs/protocol.md 3).
#pragma once

#include "messages/vocabulary/command.hpp"
#include "messages/vocabulary/ids.hpp"
#include "records/store_batch.hpp"

#include <string>

namespace muster::service {

struct command_record {
  command_id id;
  node_id node;
  command_kind kind = command_kind::attest;
  command_outcome outcome = command_outcome::open;
  wall_time issued;
  boot_id service_boot; ///< boot under which `deadline` counts
  boot_time deadline;
  std::string by;
  std::string text; ///< why it ended this way; safe to print

  friend bool operator==(const command_record&, const command_record&) = default;
};

} // namespace muster::service
