// Where two ordered lists of events part and where they meet again.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/reference/reference_set.hpp"

#include <vector>

namespace muster::appraisal {

/// One event that is not where it should be. With both set, another event took its place; otherwise it was
/// removed or added.
struct event_difference {
  const reference_event* expected = nullptr;
  const boot_event* found = nullptr;
};

struct event_differences {
  static constexpr std::size_t max_listed = 32;

  std::vector<event_difference> listed; ///< at most `max_listed`, in the order of the log
  bool more = false;                    ///< there are more after these
};

/// The events of one PCR that the reference does not leave out, in the order of the log.
std::vector<const boot_event*> events_of(const boot_content& boot, unsigned pcr,
                                         const reference_set& reference);

/// The reference's events of a PCR in the bank of the claims, an empty list if it has none. Null if there is
/// nothing to compare with: one side has no log, the banks differ, or the reference does not know the PCR.
const std::vector<reference_event>* comparable_events(const boot_claims& claims,
                                                      const reference_set& reference, unsigned pcr) noexcept;

/// Compares digests in order; types and texts, which digests may not cover, are ignored. Where the lists
/// differ, it looks up to 64 events ahead for the nearest place where they agree again, so the work is at
/// most `max_listed` times 64 squared. The result is empty exactly if the digests are the same in the same
/// order.
event_differences compare_events(const std::vector<reference_event>& expected,
                                 const std::vector<const boot_event*>& found);

} // namespace muster::appraisal
