// The PCR values that a boot log gives.
#pragma once

#include "crypto/digest.hpp"
#include "tpm/evidence/pcr0_start.hpp"
#include "tpm/format/pcr_values.hpp"

namespace muster::tpm {

/// The value of a PCR before anything was extended (PC Client Platform TPM Profile 1.05, 4.6): 0xff in PCRs
/// 17 to 22, else 0. The last byte of PCR 0 is the locality of TPM2_Startup (0, 3, or 4 after an H-CRTM
/// sequence).
crypto::digest start_value(hash_algorithm bank, unsigned pcr, std::uint8_t locality = 0) noexcept;

/// Whether the PCR was not extended, judged by its value: PCR 0 may begin with any of its localities.
bool is_start_value(hash_algorithm bank, unsigned pcr, byte_view value) noexcept;

/// The PCRs that have measured events, bit i for PCR i.
std::uint32_t measured_pcrs(const event_log& log) noexcept;

/// One bank, replayed.
struct replayed_bank {
  hash_algorithm bank = hash_algorithm::sha256;
  std::uint32_t extended = 0; ///< bit i: PCR i has measured events
  std::array<crypto::digest, pcr_count> values;
};

/// Extends the digests of all measured events of the PCRs in `mask` into their start values. Caller: the log
/// has the bank, and `hash` computes it.
replayed_bank replay_bank(const event_log& log, crypto::hasher& hash, std::uint32_t mask,
                          std::uint8_t locality);

/// The values of the quoted PCRs if this log (null: none) is all that extended them and PCR 0 started at that
/// locality; PCRs of IMA have their start value. This is for evidence without PCR values: a guess that
/// `verify_pcr_values` confirms or refutes. Where a log is given, the caller tries its `possible_starts`.
/// fault unsupported: a quoted bank that we cannot compute.
result<pcr_values> values_after(const event_log* log, const pcr_selection& quoted, std::uint8_t locality = 0);

} // namespace muster::tpm
