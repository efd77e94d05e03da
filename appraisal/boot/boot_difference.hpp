// Where two ordered lists of events part, in the fewest words.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/reference/reference_set.hpp"

#include <vector>

namespace muster::appraisal {

/// One event that is not where it should be. Both set: another took its place; else removed or added.
struct event_difference {
  const reference_event* expected = nullptr;
  const boot_event* found = nullptr;
};

struct event_differences {
  static constexpr std::size_t max_listed = 32;

  std::vector<event_difference> listed; ///< at most `max_listed`, in the order of the log
  bool more = false;                    ///< there are others behind them
};

/// The events of one PCR that the reference does not leave out, in the order of the log.
std::vector<const boot_event*> events_of(const boot_content& boot, unsigned pcr,
                                         const reference_set& reference);

/// The reference's events of a PCR in the bank of the claims, none if it has no such events; null where there
/// is nothing to compare with: a side without a log, another bank, or a PCR that the reference does not know.
const std::vector<reference_event>* comparable_events(const boot_claims& claims,
                                                      const reference_set& reference, unsigned pcr) noexcept;

/// Compares digests in order; types and texts, which digests may not cover, play no part. Where the lists
/// part it looks up to 64 events ahead for the nearest place where they meet again, so the work is bounded by
/// `max_listed` times 64 squared. Empty exactly if the digests are the same in the same order.
event_differences compare_events(const std::vector<reference_event>& expected,
                                 const std::vector<const boot_event*>& found);

} // namespace muster::appraisal
