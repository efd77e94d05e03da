// Judges what extended the PCRs of the operating system after the boot log.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/reference/reference_choice.hpp"
#include "messages/vocabulary/finding.hpp"

#include <span>

namespace muster::appraisal {

/// "boot.unexplained" of kind claim, one for each PCR whose value nothing explains: neither the log with the
/// phases of systemd, nor the reference, that has this very value and no events of the PCR. A failure; a
/// warning for PCR 15, which no reference has, and for a PCR that `reference` (null: there is none) leaves
/// out. No policy weighs it: with PCR 11 and 15 systems unlock their disks, and root can extend them with
/// anything. `given_to_ima`: PCRs that the policy says IMA extends; where entries of its list lead to the
/// value of one, that explains it.
std::vector<finding> appraise_after_log(const boot_claims& claims, const reference_set* reference,
                                        std::uint32_t given_to_ima);

/// The same of kind event, for PCRs that moved between two attestations: claims of the boot do not have it.
/// No reference excuses a move, whatever value it led to: the next reference may not have that value.
std::vector<finding> unexplained_moves(std::span<const std::uint8_t> pcrs, const reference_choice& reference);

/// "event.restarted", a warning of kind event, if systemd went through its phases more than once.
std::vector<finding> restart_findings(std::span<const tpm::after_log> pcrs);

} // namespace muster::appraisal
