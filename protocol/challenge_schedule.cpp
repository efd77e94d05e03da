#include "protocol/challenge_schedule.hpp"

#include <algorithm>

namespace muster::service {

bool challenge_schedule::due(const pauses& in_force, const std::optional<boot_time>& before,
                             boot_time now) const {
  if (at_once_) return true;
  // A machine that reconnects again and again is not judged each time: judging takes resources that other
  // machines wait for.
  const auto pause = !last_    ? in_force.reconnect
                     : unable_ ? std::min(in_force.interval, in_force.reconnect)
                               : in_force.interval;
  const auto& since = last_ ? last_ : before;
  return !since || now.milliseconds >= since->milliseconds + static_cast<std::uint64_t>(pause.count());
}

} // namespace muster::service
