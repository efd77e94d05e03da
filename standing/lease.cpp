#include "standing/lease.hpp"

namespace muster::service {

lease make_lease(const moment& challenge_issued, std::chrono::milliseconds length, std::uint64_t after_loss) {
  return {challenge_issued.service_boot,
          {challenge_issued.boot.milliseconds + static_cast<std::uint64_t>(length.count())},
          after_loss};
}

void end_lease(node_state& state) {
  state.lease = {};
  state.valid_until = {};
}

void end_lease_until_whole_logs(node_state& state) {
  end_lease(state);
  state.owes_whole_logs = true;
}

freshness freshness_of(const lease& held, const moment& now) {
  return held.until.milliseconds != 0 && held.service_boot == now.service_boot && now.boot < held.until
             ? freshness::fresh
             : freshness::stale;
}

} // namespace muster::service
