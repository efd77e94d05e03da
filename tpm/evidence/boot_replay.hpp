// What PCR values a boot log gives.
#pragma once

#include "crypto/digest.hpp"
#include "tpm/format/event_log.hpp"

#include <optional>

namespace muster::tpm {

/// The value of a PCR before anything was extended (PC Client Platform TPM Profile 1.05, 4.6): 0xff for PCR
/// 17 to 22, else 0; PCR 0 ends with the locality of TPM2_Startup (0, 3, or 4 after an H-CRTM sequence).
crypto::digest start_value(hash_algorithm bank, unsigned pcr, std::uint8_t locality = 0) noexcept;

/// The locality that an EV_NO_ACTION event "StartupLocality" states. Unmeasured: a guess that PCR 0 confirms
/// or not (docs/checks.md 12).
std::optional<std::uint8_t> stated_locality(const event_log& log) noexcept;

/// One bank, replayed.
struct replayed_bank {
  hash_algorithm bank = hash_algorithm::sha256;
  std::uint32_t extended = 0; ///< bit i: PCR i has measured events
  std::array<crypto::digest, pcr_count> values;
};

/// Extends the digests of all measured events of the PCRs in `mask` into their start values. The caller made
/// sure that the log has the bank and that `hash` computes it.
replayed_bank replay_bank(const event_log& log, crypto::hasher& hash, std::uint32_t mask,
                          std::uint8_t locality);

} // namespace muster::tpm
