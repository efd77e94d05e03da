// What explains the quoted value of each PCR of the boot. No other code decides that (docs/checks.md P2).
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "appraisal/reference/reference_set.hpp"
#include "messages/vocabulary/finding.hpp"

namespace muster::appraisal {

/// Zero is the worst case.
enum class explanation : std::uint8_t {
  nothing = 0,     ///< it was extended, and it is unknown with what
  start_value = 1, ///< nothing was measured into it
  events = 2,      ///< events of the log, and phases of systemd after it, lead to it: each was judged
  reference = 3,   ///< the set has this value and no events of the PCR: it vouches for what is not logged
  by_value =
      4 ///< only the value counts, because the policy binds it or the log contradicts it (by_value.hpp)
};

/// `reference` may be null. If a set has events of the PCR, the log must show them: a log that leaves them
/// out may leave out what is denied. A PCR that was not quoted gives `nothing`.
explanation explanation_of(unsigned pcr, const boot_claims& claims, const reference_set* reference);

/// "boot.unlogged", one for each PCR of 0 to 9 that nothing explains although a boot log was sent. A warning;
/// a failure if the policy denies digests, or makes a failure of what could hide there (separators, debug
/// mode, shim without validation, ...). An unexplained PCR of 11 to 14 gets the same finding, but only as a
/// failure. If no log was sent, there is one finding for all PCRs, as bad as the worst that could hide, if
/// that is a failure or weighs more than the finding that there is no log. A PCR whose value another finding
/// reports as different from the reference gets no second finding.
///
/// "boot.unquoted", one for all PCRs of 0 to 14 that the quote does not cover (10 in SHA-256). A failure if
/// the policy denies digests or the reference has something to compare, else a warning.
///
/// "boot.event-type", a warning for each of PCR 1, 5 and 6 that has an event of a type that does not belong
/// there, unless the value is the reference's.
std::vector<finding> appraise_explanations(const boot_claims& claims, const reference_set* reference,
                                           const policy& p);

/// The worst that could hide in events of this PCR that the log does not show, apart from a denied digest.
severity weight_of_unseen(unsigned pcr, const policy& p) noexcept;

/// The reference's events of this PCR, if the log shows none and the value is the reference's. They are then
/// what was measured, because no other events lead to this value. Else null.
const reference_pcr_events* events_by_value(unsigned pcr, const boot_claims& claims,
                                            const reference_set* reference);

} // namespace muster::appraisal
