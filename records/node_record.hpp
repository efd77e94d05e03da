// What the service knows about a machine, as values: its identity, and the state of its attestations.
// schemas/records.capnp has their form on disk; records/record_codec.hpp converts both ways.
#pragma once

#include "appraisal/claims/claims.hpp"
#include "crypto/digest.hpp"
#include "messages/vocabulary/command.hpp"
#include "messages/vocabulary/finding.hpp"
#include "messages/vocabulary/ids.hpp"
#include "messages/vocabulary/result.hpp"
#include "messages/vocabulary/standing.hpp"
#include "tpm/evidence/after_log.hpp"

#include <optional>
#include <string>
#include <vector>

namespace muster::service {

/// An identity that proved itself and is not admitted yet.
struct candidate_record {
  bytes ek_public;               ///< TPMT_PUBLIC
  bytes ak_public;               ///< TPMT_PUBLIC
  bytes node_spki;               ///< DER
  bytes facts;                   ///< flat MachineFacts: the machine's unproven claim
  std::vector<bytes> ek_chain{}; ///< DER, of all proofs (standing/vouching.hpp); empty: none came
  endorsement level = endorsement::none;
  std::string source; ///< as in `enrolment_channel`; through a hub, the hub's claim
  wall_time since;
  wall_time expires;
  std::optional<bytes32> approved_fingerprint;
  std::string approved_by;
  std::string group; ///< given by the approval
  std::string name;  ///< given by the approval
};

/// Identity of a machine. Written when it enrols, is judged again, or shows another certificate, and when an
/// operator changes it.
struct node_record {
  node_id id;
  muster::standing standing = standing::pending;
  muster::generation generation;
  bytes ek_public;
  bytes ak_public;
  bytes node_spki;
  std::vector<bytes> ek_chain{};         ///< DER, of all proofs (standing/vouching.hpp); empty: none came
  endorsement level = endorsement::none; ///< as last computed (standing/vouching.hpp)
  endorsement admission_level = endorsement::none; ///< by admission alone, not by what vouches for the EK
  std::string doubt{};                             ///< why no vendor vouches any more, or why it is denied
  bool denied = false;                             ///< by admission.deny or a vendor's CRL
  std::string admitted_by;
  wall_time admitted;
  std::string group;
  std::string name;
  bytes facts;
  bytes certificate_serial;        ///< of the one shown by its newest session; empty: none yet
  wall_time certificate_not_after; ///< of that one
  muster::tuning tuning;           ///< what operators set for it
  std::optional<candidate_record> candidate;
  wall_time revoked;
  std::string revoked_by;
  std::string revoked_reason;
};

/// The newest certificate that our issuer gave a machine's AK.
struct ak_certificate_record {
  muster::generation generation; ///< named in it
  bytes certificate;             ///< DER
  std::vector<bytes> chain;      ///< DER, its issuer first, without the anchor
  wall_time issued;              ///< the log's record that names it has the same time
};

/// The right to be shown as good up to a moment of this service's kernel clock. `until` 0: there is none.
struct lease {
  boot_id service_boot;
  boot_time until;
  /// `log_state::after_loss` when the lease was given.
  std::uint64_t after_loss = 0;
};

/// The state of a machine's attestations. Written with each of them.
struct node_state {
  muster::generation generation;
  session_epoch epoch;
  attestation_number number; ///< of the newest attestation that was decided
  muster::verdict verdict = verdict::none;
  wall_time since;    ///< since when people see this verdict
  wall_time attested; ///< time of the newest complete verified attestation
  service::lease lease;
  wall_time valid_until; ///< for display only
  sequence result;       ///< newest result on record
  // the boot that was verified
  std::optional<muster::boot_id> boot;
  std::uint32_t reset_count = 0;
  std::uint32_t restart_count = 0;
  std::uint64_t clock = 0;
  bool clock_safe = false;
  std::uint64_t ima_count = 0;
  std::vector<appraisal::pcr_claim> pcrs;   ///< all quoted PCRs, after `ima_count` entries
  std::uint32_t ima_mask = 0;               ///< bit i: IMA extends PCR i
  std::vector<hash_algorithm> padded_banks; ///< that IMA extends with zero-padded SHA-1
  std::optional<bytes32> boot_log;          ///< SHA-256 of the verified boot log
  /// What extended PCRs after that log; empty: no log was compared, or the record is older than this field.
  std::optional<std::vector<tpm::after_log>> after_log;
  std::optional<bytes32> pins;        ///< digest of the keys that verified signatures of this boot's files
  std::optional<bytes32> boot_claims; ///< content address of what was verified about this boot
  std::optional<bytes32> policy;      ///< digest of the policy that the verdict was computed with
  std::vector<finding> findings;
  std::uint32_t findings_total = 0;
  std::uint64_t skipped = 0;
  std::optional<bytes32> reference;
  std::optional<bytes32> staged; ///< digest of the set that passed as well
  std::uint64_t appraisal_version = 0;
  bool evidence_kept = false;   ///< the evidence of `result` stays when another is the newest
  wall_time full_log_asked;     ///< when whole logs were last asked for because something did not fit
  bool owes_whole_logs = false; ///< no lease before whole logs verify
  bool must_enrol = false;      ///< its counters went back: nothing counts until it enrols again
  /// The bank of this boot's boot_aggregate, unless it is SHA-256. PCR 0 to 9 of that bank are quoted, too.
  std::optional<hash_algorithm> aggregate_bank;
  /// Two hosts use this identity. Set until an operator or a new generation ends the alarm.
  std::optional<finding> alarm;
  std::vector<muster::boot_id> boots_seen; ///< that attested under these counters, newest last
  std::uint32_t log = 0;                   ///< number of the raw logs of this boot; 0: none are kept
  std::uint32_t last_log = 0;              ///< those of the last boot; 0: none are kept
  /// The newest result whose evidence verified, if that of `result` did not; else 0.
  sequence proven;
  std::vector<bytes32> keys_seen; ///< digests of earlier node keys of this generation, newest last
};

/// SHA-256(EK TPMT_PUBLIC || AK TPMT_PUBLIC || node SPKI): what an operator compares and approves.
bytes32 fingerprint_of(byte_view ek_public, byte_view ak_public, byte_view node_spki);

} // namespace muster::service
