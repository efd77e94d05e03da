// Where PCR 0 started, in a form that a set compares.
#pragma once

#include "appraisal/claims/claims.hpp"

#include <optional>

namespace muster::appraisal {

/// A PCR's value shows where it started. A set that leaves out events of PCR 0 has no value of it, so this
/// stands before the events that it compares: else a TPM that was reset and started again by the operating
/// system (locality 0) could replay the events of a boot that the firmware started (locality 3 or 4).
///
/// The digest is the start value with which the claimed events of PCR 0 lead to the quoted value, in the bank
/// of the claims; the type is EV_NO_ACTION, and the text names the locality. Empty if none of the localities
/// does.
std::optional<boot_event> start_event(const boot_content& boot);

} // namespace muster::appraisal
