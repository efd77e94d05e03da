// Where PCR 0 starts: with the locality of TPM2_Startup, which no digest covers.
#pragma once

#include "tpm/format/event_log.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace muster::tpm {

/// Localities of TPM2_Startup; 4 means after an H-CRTM sequence.
inline constexpr std::uint8_t startup_localities[] = {0, 3, 4};

/// Why a start value is possible.
enum class start_reason : std::uint8_t {
  assumed, ///< the log says nothing that excludes it
  stated,  ///< an EV_NO_ACTION event "StartupLocality" names it
  hcrtm    ///< the first event of PCR 0 is EV_EFI_HCRTM_EVENT
};

/// One start value of PCR 0: zeros, and the locality in the last byte.
struct pcr0_start {
  std::uint8_t locality = 0;
  start_reason reason = start_reason::assumed;

  friend bool operator==(const pcr0_start&, const pcr0_start&) = default;
};

/// The start values that PCR 0 may have under this log, the most likely first; never empty. No other code
/// decides that. What the log says of it is unmeasured (docs/checks.md 12), so each is a guess that a quoted
/// PCR 0 confirms or refutes:
///   - a "StartupLocality" before the first event measured into PCR 0 names the only one. Zeros may follow the
///     locality, because firmware reuses slots of a fixed size; if other bytes follow, the rest stays possible
///   - an EV_EFI_HCRTM_EVENT that is measured first makes 4 possible, whatever is stated
///   - if nothing is stated, each of `startup_localities`
std::vector<pcr0_start> possible_starts(const event_log& log);

/// For people: "locality 3, which the log states".
std::string to_string(const pcr0_start& start);

} // namespace muster::tpm
