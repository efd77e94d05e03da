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

/// What an event log in TCG's format for TPM 2.0 with SHA-256 digests says of PCR 0, 2 and 3, which the
/// firmware alone extends. Each is taken if it has exactly one normal separator: otherwise the log does not say
/// all that is measured. PCR 0 starts at the first of
/// `tpm::possible_starts`, with a note if the log states none. PCR 1 and 6 hold settings of one
/// machine; 4, 5 and 7 depend on its disk and its keys. A note says what was not taken. fault denied: the log
/// says all of none of these PCRs; unsupported: no SHA-256; as `tpm::parse_event_log`.
result<expected_boot> boot_expected_by(byte_view log);

/// The same for a log of which a File of `base` has the digest. fault mismatch: none has it; denied: `base` is a
/// patch or a supplement, which says only what it changes.
result<expected_boot> read_support_rim(byte_view log, const verified_rim& base);

} // namespace muster::extraction
