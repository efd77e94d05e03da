// Which claims of a boot may satisfy a requirement.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/reference/reference_set.hpp"

namespace muster::appraisal {

/// The claims without the events that root on the machine may have caused after the boot: these satisfy
/// nothing (docs/checks.md 11, P1). Root can extend PCRs at any time and write a log that calls this the
/// boot. What tells the two apart:
///   - PCR 0: events before its separator happened before the operating system started
///   - PCR 8, 9: entry 0 of the IMA log covers their values as the kernel found them (not with SHA-1); or the
///     set compares them
///   - PCR 11 to 14: only a comparison with the set, event by event; events that it leaves out are not
///     believed
/// Without a set, when no verdict is good, a PCR of 11 to 14 is believed if the log lists none of its events
/// after ExitBootServices. The command line is believed if its event is. `reference` may be null.
boot_claims believed_claims(const boot_claims& claims, const reference_set* reference);

} // namespace muster::appraisal
