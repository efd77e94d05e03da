// What PCR values a boot log gives.
#pragma once

#include "crypto/digest.hpp"
#include "tpm/format/event_log.hpp"
#include "tpm/format/pcr_values.hpp"

#include <optional>

namespace muster::tpm {

/// Of TPM2_Startup; 4 after an H-CRTM sequence.
inline constexpr std::uint8_t startup_localities[] = {0, 3, 4};

/// The value of a PCR before anything was extended (PC Client Platform TPM Profile 1.05, 4.6): 0xff for PCR
/// 17 to 22, else 0; PCR 0 ends with the locality of TPM2_Startup (0, 3, or 4 after an H-CRTM sequence).
crypto::digest start_value(hash_algorithm bank, unsigned pcr, std::uint8_t locality = 0) noexcept;

/// Whether the PCR was not extended, as far as its value tells: PCR 0 may begin with each of its localities.
bool is_start_value(hash_algorithm bank, unsigned pcr, byte_view value) noexcept;

/// The locality that an EV_NO_ACTION event "StartupLocality" states, before anything was measured into PCR 0;
/// behind that it says nothing. Zeros may follow it. Unmeasured: a guess that PCR 0 confirms or not
/// (docs/checks.md 12).
std::optional<std::uint8_t> stated_locality(const event_log& log) noexcept;

/// The PCRs that have measured events, bit i for PCR i.
std::uint32_t measured_pcrs(const event_log& log) noexcept;

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

/// The values of the quoted PCRs if this log (null: none) is all that extended them; PCRs of IMA have their
/// start value. A guess that `verify_pcr_values` confirms or not, where nobody says what the values were.
/// fault unsupported: a quoted bank that we cannot compute.
result<pcr_values> values_after(const event_log* log, const pcr_selection& quoted);

} // namespace muster::tpm
