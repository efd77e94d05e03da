// What the service knows of a machine, as values: the identity and the state of its attestations. Their form
// on disk is schemas/records.capnp; here are the two directions.
#pragma once

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

/// One PCR of one bank.
struct pcr_value {
  hash_algorithm bank = hash_algorithm::sha256;
  std::uint8_t index = 0;
  crypto::digest value;

  friend bool operator==(const pcr_value&, const pcr_value&) = default;
};

/// An identity that proved itself and that nobody has admitted yet.
struct candidate_record {
  bytes ek_public;               ///< TPMT_PUBLIC
  bytes ak_public;               ///< TPMT_PUBLIC
  bytes node_spki;               ///< DER
  bytes facts;                   ///< flat MachineFacts, the machine's own word
  std::vector<bytes> ek_chain{}; ///< DER, of all proofs (standing/vouching.hpp); empty: none came
  endorsement level = endorsement::none;
  std::string source; ///< "address:port" of the peer; through a hub, the hub's claim
  wall_time since;
  wall_time expires;
  std::optional<bytes32> approved_fingerprint;
  std::string approved_by;
  std::string group; ///< that the approval gives
  std::string name;  ///< that the approval gives
};

/// Identity of a machine. Written when somebody enrols, approves, names or revokes.
struct node_record {
  node_id id;
  muster::standing standing = standing::pending;
  muster::generation generation;
  bytes ek_public;
  bytes ak_public;
  bytes node_spki;
  std::vector<bytes> ek_chain{};         ///< DER, of all proofs (standing/vouching.hpp); empty: none came
  endorsement level = endorsement::none; ///< as computed last (standing/vouching.hpp)
  endorsement admission_level = endorsement::none; ///< that the admission gives, whoever vouches for the EK
  std::string doubt{};                             ///< why nobody vouches for the EK, or why it is denied
  bool denied = false;                             ///< by admission.deny
  std::string admitted_by;
  wall_time admitted;
  std::string group;
  std::string name;
  bytes facts;
  bytes certificate_serial;        ///< of the one that its newest session showed; empty: there was none yet
  wall_time certificate_not_after; ///< of that one
  muster::tuning tuning;           ///< what people set for it
  std::optional<candidate_record> candidate;
  wall_time revoked;
  std::string revoked_by;
  std::string revoked_reason;
};

/// The newest certificate that our issuer gave a machine's AK.
struct ak_certificate_record {
  muster::generation generation; ///< that it names
  bytes certificate;             ///< DER
  std::vector<bytes> chain;      ///< DER, its issuer first, without the anchor
  wall_time issued;              ///< also of the record of the log that names it
};

/// A right to be shown as good until a moment of this service's kernel clock. `until` 0: there is none.
struct lease {
  boot_id service_boot;
  boot_time until;
  /// Size of the log at the newest acknowledgement of a loss when it was given; 0: there was none.
  std::uint64_t after_loss = 0;
};

/// The state of a machine's attestations. Written with each of them.
struct node_state {
  muster::generation generation;
  session_epoch epoch;
  attestation_number number; ///< of the newest attestation that was decided
  muster::verdict verdict = verdict::none;
  wall_time since;    ///< since when people see this verdict
  wall_time attested; ///< newest complete verified attestation
  service::lease lease;
  wall_time valid_until; ///< for display only
  sequence result;       ///< newest record of a result
  // the boot that was verified
  std::optional<muster::boot_id> boot;
  std::uint32_t reset_count = 0;
  std::uint32_t restart_count = 0;
  std::uint64_t clock = 0;
  bool clock_safe = false;
  std::uint64_t ima_count = 0;
  std::vector<pcr_value> pcrs;              ///< all quoted ones, after `ima_count` entries
  std::uint32_t ima_mask = 0;               ///< bit i: IMA extends PCR i
  std::vector<hash_algorithm> padded_banks; ///< that IMA extends with zero-padded SHA-1
  std::optional<bytes32> boot_log;          ///< SHA-256 of the verified boot log
  /// What extended PCRs after that log; empty: none was compared, or the record is older than this field.
  std::optional<std::vector<tpm::after_log>> after_log;
  std::optional<bytes32> pins;        ///< keys that signatures of this boot's files were verified with
  std::optional<bytes32> boot_claims; ///< content address of what was verified about this boot
  std::optional<bytes32> policy;      ///< digest of the policy that the verdict was computed with
  std::vector<finding> findings;
  std::uint32_t findings_total = 0;
  std::uint64_t passed_over = 0;
  std::optional<bytes32> reference;
  std::optional<bytes32> staged; ///< set that passed beside it
  std::uint64_t appraisal_version = 0;
  bool evidence_kept = false;   ///< that of `result` stays when another becomes the newest
  wall_time full_log_asked;     ///< the last time that they were asked for because something did not fit
  bool owes_whole_logs = false; ///< no lease before they verify
  bool must_enrol = false;      ///< its counters went back: nothing counts before it has enrolled again
  /// Of this boot's boot_aggregate, unless it is SHA-256: PCR 0 to 9 of that bank are quoted, too.
  std::optional<hash_algorithm> aggregate_bank;
  /// Two hosts use this identity. Set until a person or a new generation ends it.
  std::optional<finding> alarm;
  std::vector<muster::boot_id> boots_seen; ///< that attested under these counters, newest last
  std::uint32_t log = 0;                   ///< number of the raw logs of this boot; 0: none are kept
  std::uint32_t last_log = 0;              ///< of the boot before
  /// Newest result whose evidence verified, if that of `result` did not; else 0.
  sequence proven;
  std::vector<bytes32> keys_seen; ///< digests of node keys that this generation had before, newest last
};

/// SHA-256(EK TPMT_PUBLIC || AK TPMT_PUBLIC || node SPKI): what an operator compares and approves.
bytes32 fingerprint_of(byte_view ek_public, byte_view ak_public, byte_view node_spki);

} // namespace muster::service
