#include "tpm/evidence/counters.hpp"

namespace muster::tpm {

boot_change compare_counters(const clock_info& previous, const clock_info& now) noexcept {
  const bool later_reset = now.reset_count > previous.reset_count;
  const bool same_reset = now.reset_count == previous.reset_count;
  const bool later_restart = same_reset && now.restart_count > previous.restart_count;
  const bool same_restart = same_reset && now.restart_count == previous.restart_count;
  if (!later_reset && !later_restart && !same_restart) return boot_change::went_back;
  if (now.clock < previous.clock && (same_restart || now.safe)) return boot_change::went_back;
  if (later_reset) return boot_change::new_boot;
  return later_restart ? boot_change::resumed : boot_change::same_boot;
}

boot_change compare_counters(const clock_info& previous, const verified_quote& now) noexcept {
  return compare_counters(previous, now.clock());
}

} // namespace muster::tpm
