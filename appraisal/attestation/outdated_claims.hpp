// What an increment shows that the recorded claims of its boot do not contain.
#pragma once

#include "appraisal/attestation/boot_moves.hpp"
#include "messages/vocabulary/finding.hpp"
#include "tpm/evidence/verified_ima.hpp"

#include <optional>
#include <span>

namespace muster::appraisal {

/// The claims of a boot come from whole logs. An increment adds only files to them, although it may show
/// more: an entry of the file of IMA's policy (which may not be the policy that was loaded), a boot_aggregate
/// (the running kernel is not the one that was booted), or a PCR with an unexplained change (its value on
/// record is not that of the TPM). In each case the finding is "evidence.behind", a warning of kind evidence:
/// the claims are neither trusted nor learnt until whole logs verify.
std::optional<finding> outdated_claims(const tpm::verified_ima& increment, const boot_moves& moves);

/// Whether "evidence.behind" is among the findings.
bool any_behind(std::span<const finding> open) noexcept;

/// Whether "evidence.behind" is the only finding, except notes: no bad news is lost if the caller first asks
/// for whole logs.
bool only_behind(std::span<const finding> fresh) noexcept;

} // namespace muster::appraisal
