// Why evidence did not verify, as a finding for people.
#pragma once

#include "messages/vocabulary/finding.hpp"
#include "messages/vocabulary/result.hpp"

namespace muster::appraisal {

/// A failure of kind evidence. `fault.check` is "<name>: <sentence>", as the checks of `tpm/` write it; the
/// name becomes "evidence.<name>", and known names get a remedy of their own.
finding evidence_finding(const fault& why);

} // namespace muster::appraisal
