// Judges what extended the PCRs of the operating system after the boot log.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/reference/reference_choice.hpp"
#include "messages/vocabulary/finding.hpp"

#include <span>

namespace muster::appraisal {

/// "boot.unexplained" of kind claim, one for each PCR whose value nothing explains: neither the log with the
/// phases of systemd, nor a reference that has this very value and no events of the PCR. A failure; only a
/// warning for PCR 15, which no reference has, and for a PCR that `reference` leaves out. `reference` may be
/// null. No policy weighs this finding: systems unlock their disks with PCR 11 and 15, and root can extend
/// them with anything.
///
/// `given_to_ima`: bit i says that, by the policy, IMA extends PCR i. If entries of IMA's list lead to the
/// value of such a PCR, that explains it.
std::vector<finding> appraise_after_log(const boot_claims& claims, const reference_set* reference,
                                        std::uint32_t given_to_ima);

/// The same finding of kind event, for PCRs that moved between two attestations: the claims of the boot do
/// not show this. No reference excuses a move, whatever value it led to, because the next reference may not
/// have that value.
std::vector<finding> unexplained_moves(std::span<const std::uint8_t> pcrs, const reference_choice& reference);

/// "event.restarted", a warning of kind event, if systemd went through its phases more than once. At most
/// one.
std::vector<finding> restart_findings(std::span<const tpm::after_log> pcrs);

} // namespace muster::appraisal
