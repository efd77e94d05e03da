#include "checkup/probe/clock.hpp"

#include <chrono>
#include <sys/timex.h>

namespace muster::checkup {

wall_time wall_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {static_cast<std::uint64_t>(std::chrono::floor<std::chrono::milliseconds>(now).count())};
}

std::optional<bool> clock_is_synchronised() {
  timex asked{}; // modes 0: changes nothing
  const int state = ::adjtimex(&asked);
  if (state < 0) return std::nullopt;
  return state != TIME_ERROR && (asked.status & STA_UNSYNC) == 0;
}

} // namespace muster::checkup
