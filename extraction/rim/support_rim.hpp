// The support RIM of a PC: an event log with what the firmware is expected to measure (TCG PC Client Reference
// Integrity Manifest Specification 1.04, 4). A base RIM names it by its digest.
#pragma once

#include "appraisal/reference/reference_set.hpp"
#include "extraction/rim/rim.hpp"

namespace muster::extraction {

/// What a support RIM says of a boot, for a reference set.
struct expected_boot {
  std::vector<appraisal::pcr_claim> pcrs;              ///< SHA-256, ordered by index
  std::vector<appraisal::reference_pcr_events> events; ///< of the same PCRs
  std::string name;                                    ///< the file, as the base RIM names it; foreign text
  std::vector<std::string> notes;                      ///< for people; safe to print
};

/// Reads `log` if a File of `base` has its digest. It is an event log in TCG's format for TPM 2.0 with
/// SHA-256 digests. Taken are PCR 0, 2 and 3, which the firmware alone extends, each with exactly one normal
/// separator: without one the log says only a part of what is measured. PCR 0 starts at the locality that the
/// log states. PCR 1 and 6 hold settings of one machine; 4, 5 and 7 depend on its disk and its keys. A note
/// says what was not taken. fault mismatch: no File of `base` has this digest; denied: `base` is a patch or a
/// supplement, which says only what it changes, or the log asserts none of these PCRs; unsupported: no
/// SHA-256; as `tpm::parse_event_log`.
result<expected_boot> read_support_rim(byte_view log, const verified_rim& base);

} // namespace muster::extraction
