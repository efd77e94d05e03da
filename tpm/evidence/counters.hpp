// What the counters of two quotes by one AK say about the time in between.
#pragma once

#include "tpm/evidence/quote.hpp"

namespace muster::tpm {

/// The zero value is the bad news.
enum class boot_change : std::uint8_t {
  went_back, ///< impossible for a TPM that was not cleared: the node must enrol again
  same_boot, ///< measurement logs may only have grown
  resumed,   ///< TPM Resume or Restart: ask for the full log; PCRs may have been reset
  new_boot   ///< TPM Reset: ask for the full log
};

/// Compares the counters last recorded for an AK with those of a new verified quote (docs/checks.md 10):
///   resetCount fell                                   went_back
///   resetCount equal, restartCount fell               went_back
///   both equal, clock fell                            went_back: within a boot it never falls, safe or not
///   either rose, clock fell although `safe` is set    went_back: `safe` says that it is the highest ever
///   either rose, clock fell and `safe` is not set     no alarm by itself: a power cut may lose 70 minutes
///   else resetCount rose                              new_boot
///   else restartCount rose                            resumed
///   else                                              same_boot
/// Valid for AKs of the endorsement hierarchy, whose counters are not obfuscated (`signer_rule`). Quotes must
/// be compared in the order in which they were made. TPM2_Clear sets all counters to zero: that, too, is
/// went_back.
boot_change compare_counters(const clock_info& previous, const verified_quote& now) noexcept;

/// The same rules for bare numbers.
boot_change compare_counters(const clock_info& previous, const clock_info& now) noexcept;

} // namespace muster::tpm
