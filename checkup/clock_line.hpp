// Whether this machine's clock can be right. Pure.
#pragma once

#include "checkup/line.hpp"
#include "messages/vocabulary/ids.hpp"

#include <optional>

namespace muster::checkup {

/// What is known of the clock.
struct clock_facts {
  wall_time now;
  std::optional<bool> synchronised; ///< what the kernel was told (adjtimex); empty: it does not say
  /// The newest time that somebody signed and that is kept here; 0: none. The clock cannot be before it.
  wall_time newest_signed;
  std::string signed_what;          ///< "the head of the service's log"
  std::optional<wall_time> service; ///< the service's clock at `now`; empty: not heard
};

/// Clocks may differ by this much: certificates begin a little before they are made.
inline constexpr std::uint64_t most_difference_ms = 60'000;

/// One line, about the gravest: before 2025; before what is kept here; apart from the service's clock; not
/// synchronised.
line judge_clock(const clock_facts& seen);

} // namespace muster::checkup
