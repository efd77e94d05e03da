// Compares what a machine booted with what it is supposed to boot.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "appraisal/reference/reference_choice.hpp"
#include "messages/vocabulary/finding.hpp"

namespace muster::appraisal {

/// Findings about the boot, all of kind claim, worst first. Without a reference, only what is wrong by itself
/// is found: the structure of the log, a boot_aggregate of another boot, and what the policy denies or
/// requires. With two sets (reference_choice.hpp), the boot is compared with each as a whole, and the
/// findings are those of the nearer set, which their sentences name.
///   PCR 0, 2, 3, 4, 7      equal, else "boot.pcr-<n>": a failure that names the first event that differs
///   PCR 8, 9, 11 to 14     their events have the same digests in the same order: see ordered_pcrs.hpp
///   PCR 0 to 9             explained by the log or by the reference's value, else "boot.unlogged": see
///                          explained_pcrs.hpp
///   PCR 0 to 3, 6, 7       bound by the policy, or contradicted by the log: "boot.by-value", see by_value.hpp
///   PCR 11 to 15           explained by the log, by phases of systemd or by the reference's value, else
///                          "boot.unexplained": see appraise_after_log.hpp
///   PCR 1, 5, 6            "boot.configuration": reported, with the policy's severity
///   an event whose digest the policy denies   "boot.denied": a failure, whatever the reference says
///   what the policy requires   "require.<what>": see required_claims.hpp; only the claims that
///                          believed_claims.hpp keeps can meet it
/// Raw event data is never compared, because the load addresses in it change from boot to boot.
std::vector<finding> appraise_boot(const boot_claims& claims, const reference_choice& reference,
                                   const policy& p);

/// What this PCR holds on a PC, in words for people.
std::string_view meaning_of_pcr(unsigned index) noexcept;

} // namespace muster::appraisal
