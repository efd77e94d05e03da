// The outcome of one attestation.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "appraisal/claims/file_claims.hpp"
#include "appraisal/claims/kept_log.hpp"
#include "appraisal/verdict/carry_over.hpp"
#include "messages/vocabulary/ids.hpp"
#include "tpm/evidence/after_log.hpp"
#include "tpm/evidence/ima_runs.hpp"
#include "tpm/evidence/log_state.hpp"
#include "tpm/format/attest.hpp"

namespace muster::appraisal {

/// The record of the boot that was verified last. The next attestation continues from it.
struct recorded_boot {
  muster::boot_id boot;
  tpm::clock_info clock;
  tpm::log_state ima;              ///< how far the IMA log was verified, and the PCR values at that entry
  std::optional<bytes32> boot_log; ///< SHA-256 of the verified boot log; empty: the machine has none
  std::optional<bytes32> pins;     ///< keys that file signatures were verified with, see `digest_of_pins`
  /// What extended PCRs after that log until now. Empty: no log was compared, so nothing can continue from
  /// it.
  std::optional<std::vector<tpm::after_log>> after_log = std::nullopt;
  /// The bank of this boot's boot_aggregate (`tpm::aggregate_bank_of`), whose PCRs 0 to 9 must be quoted.
  /// Empty for SHA-256, which is always quoted.
  std::optional<hash_algorithm> aggregate_bank = std::nullopt;
};

/// Zero is the bad news.
enum class attestation_end : std::uint8_t {
  failed = 0,  ///< the evidence did not verify: `findings` say why, nothing else counts
  again = 1,   ///< no verdict: something started again or does not fit the record. Challenge again for whole
               ///< logs (`whole_logs_pause`). No result is kept; the lease ends, and that is stored
  verified = 2 ///< all evidence verified
};

/// The caller derives findings and verdict with `conclude(old, findings, what, unlisted, ...)`, and commits
/// record, claims and result in one transaction.
struct attestation_outcome {
  attestation_end end = attestation_end::failed;
  occasion what = occasion::failed;
  std::vector<finding> findings;
  std::uint64_t unlisted = 0; ///< findings of kind claim that are not among `findings`
  std::string reason;         ///< of `again`: one sentence for the log
  bool booted = false;        ///< of `again`: the machine booted since the record; then always ask again
  bool must_enrol = false;    ///< counters went back: this generation is over (docs/protocol.md 4)
  /// The counters of a verified quote, if they are later than those on record. The recorded boot is then over
  /// or was interrupted, whatever the rest of the evidence says.
  std::optional<tpm::clock_info> ended = std::nullopt;
  std::vector<tpm::ima_run> uncovered; ///< entries that the machine sent and no quote covers (unproven.hpp)
  std::uint64_t uncovered_from = 0;    ///< place of the first of them in the list

  // Only for a verified attestation.
  std::optional<recorded_boot> boot; ///< replaces the recorded one
  std::optional<boot_claims> claims; ///< of the boot; empty: as recorded
  file_claims files;                 ///< the new entries, in the order of the log, repeats included
  std::size_t known_claims =
      0; ///< how many of these, from the first on, belong to entries that are already on record
  std::uint64_t skipped = 0;      ///< new entries skipped: add to the record; with whole logs, replace it
  std::optional<frame> boot_log;  ///< as received, verified; empty: as recorded, or there is none
  std::vector<log_piece> ima_log; ///< the bytes of the new entries: of all with whole logs
};

} // namespace muster::appraisal
