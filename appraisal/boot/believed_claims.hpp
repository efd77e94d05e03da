// What of a boot may satisfy a requirement.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/reference/reference_set.hpp"

namespace muster::appraisal {

/// The claims without the events that root of the machine can have brought about after the boot, so that they
/// satisfy nothing (docs/checks.md 11, P1). PCRs can be extended at any time, and a log written that calls it
/// the boot; what tells the two apart:
///   - PCR 0: what comes before its separator was there before the operating system
///   - PCR 8, 9: entry 0 of the IMA log is over their values as the kernel found them (not in SHA-1); or the
///     set compares
///   - PCR 11 to 14: nothing but the set, event by event; events that it leaves out are not believed
/// Without a set, when no verdict is good, those of PCR 11 to 14 are believed that the log lists before
/// ExitBootServices.
/// The command line is believed if its event is. `reference` may be null.
boot_claims believed_claims(const boot_claims& claims, const reference_set* reference);

} // namespace muster::appraisal
