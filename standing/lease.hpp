// Trust is a lease (docs/protocol.md 5). Only CLOCK_BOOTTIME of this kernel decides, and only under its own
// boot id.
#pragma once

#include "records/node_record.hpp"

#include <chrono>

namespace muster::service {

/// The time on the service's machine.
struct moment {
  boot_id service_boot;
  boot_time boot;
  wall_time wall;
};

/// A lease that counts from the issue of the challenge, not from the moment when the evidence was judged.
/// `after_loss`: as in `log_state`.
lease make_lease(const moment& challenge_issued, std::chrono::milliseconds length,
                 std::uint64_t after_loss = 0);

/// Ends the lease. The next good evidence gives another.
void end_lease(node_state& state);
/// Ends the lease, and no evidence gives another before whole logs verify: an increment may be of another
/// boot, or hide something worse.
void end_lease_until_whole_logs(node_state& state);

/// Stale from `until` on, and under any other boot id of the service's machine. Wall time plays no part.
freshness freshness_of(const lease& held, const moment& now);

} // namespace muster::service
