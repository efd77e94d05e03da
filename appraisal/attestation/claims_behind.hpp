// What an increment shows that the claims on record of its boot do not have.
#pragma once

#include "appraisal/attestation/boot_moves.hpp"
#include "messages/vocabulary/finding.hpp"
#include "tpm/evidence/verified_ima.hpp"

#include <optional>
#include <span>

namespace muster::appraisal {

/// The claims of a boot are made of whole logs. An increment adds files to them, and leaves behind what else
/// it shows: an entry of the file of IMA's policy (it may not be the one that was loaded), a boot_aggregate
/// (another kernel runs than the one that was booted), and a PCR that
/// moved by something that nothing explains (its value on record is not that of the TPM). Then
/// "evidence.behind", a warning of kind evidence: nothing is trusted or learnt by these claims until whole
/// logs verify.
std::optional<finding> claims_behind(const tpm::verified_ima& increment, const boot_moves& moves);

/// Whether that is among them.
bool any_behind(std::span<const finding> open) noexcept;

/// Whether that is all: nothing bad would be lost if whole logs are asked for first.
bool only_behind(std::span<const finding> fresh) noexcept;

} // namespace muster::appraisal
