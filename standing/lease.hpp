// Trust is a lease (docs/protocol.md 5). Only this kernel's CLOCK_BOOTTIME decides, and only under its own
// boot id.
#pragma once

#include "records/node_record.hpp"

#include <chrono>

namespace muster::service {

/// Where this service's machine is in time.
struct moment {
  boot_id service_boot;
  boot_time boot;
  wall_time wall;
};

/// A lease that counts from the issue of the challenge, not from the moment when the evidence was judged.
/// `after_loss` as `log_state` has it.
lease make_lease(const moment& challenge_issued, std::chrono::milliseconds length,
                 std::uint64_t after_loss = 0);

/// The next good evidence gives another.
void end_lease(node_state& state);
/// Good evidence gives no other before whole logs verify: it may be of another boot, or hide something worse.
void end_lease_until_whole_logs(node_state& state);

/// Stale under another boot id of the service's machine, and from `until` on. Wall time plays no part.
freshness freshness_of(const lease& held, const moment& now);

} // namespace muster::service
