// One attestation, from its challenge to its outcome: a pure value that takes the evidence part by part.
#pragma once

#include "appraisal/attestation/attestation_outcome.hpp"
#include "appraisal/attestation/boot_moves.hpp"
#include "appraisal/attestation/boot_story.hpp"
#include "appraisal/claims/cpu_budget.hpp"
#include "appraisal/files/seen_claims.hpp"
#include "appraisal/policy/policy.hpp"
#include "appraisal/reference/reference_set.hpp"
#include "messages/frame.hpp"
#include "tpm/evidence/ak.hpp"
#include "tpm/evidence/boot_log.hpp"
#include "tpm/evidence/ima_verifier.hpp"

namespace muster::appraisal {

enum class logs_wanted : std::uint8_t {
  whole = 0,     ///< the boot log, and the IMA log from entry 0
  increment = 1, ///< the IMA log from the last verified entry; possible only with a recorded boot
  /// Re-verification of stored evidence against complete logs. The manifest may start at any entry. The
  /// outcome carries claims, and only the findings that do not depend on a policy; the policy still decides
  /// which file signatures are verified and which PCRs belong to IMA. Never used in a challenge.
  re_verify = 2
};

/// The challenge, as it was issued once in this session.
struct issued_challenge {
  attestation_number number;
  bytes32 nonce{};
  tpm::pcr_selection selection;
  logs_wanted logs = logs_wanted::whole;
};

/// The TLS session in which the challenge was issued.
struct attested_channel {
  node_id node;
  bytes32 exporter{};
  bytes32 node_spki{}; ///< SHA-256 of the node's SubjectPublicKeyInfo
};

struct attestation_inputs {
  issued_challenge challenge;
  attested_channel channel;
  tpm::trusted_ak ak;
  std::shared_ptr<const recorded_boot> recorded;   ///< null: nothing is verified yet
  std::shared_ptr<const reference_set> reference;  ///< null: the group has none
  std::shared_ptr<const appraisal::policy> policy; ///< null only for `re_verify`, until `judge_by`
  tpm::ima_caps caps;
  std::shared_ptr<const reference_set> staged = nullptr; ///< null unless an upgrade of the group is staged
  hash_seed seed{};                                      ///< of this process
  cpu_budget budget{};                                   ///< evidence that exceeds it fails
};

enum class log_kind : std::uint8_t { boot = 0, ima = 1 };
enum class progress : std::uint8_t { over = 0, more = 1 };

/// The first entry of the IMA log that the challenge asks for.
std::uint64_t first_entry_wanted(const issued_challenge& challenge, const recorded_boot* recorded) noexcept;

/// Call `take_part0` once, `take_log_part` for each part in order, then `finish` or `cut_off` once. When a
/// call returns `over`, the result is already decided: call `finish`; later parts are ignored. Movable; to be
/// used by one thread at a time. The cost of a step is bounded by its input, that of all steps together by
/// the budget.
class running_attestation {
public:
  explicit running_attestation(attestation_inputs inputs);

  /// Makes the checks of docs/protocol.md 4, in this order: the AK signed the quote; the quote's qualifying
  /// data binds nonce, node, channel and manifest; the selection is the one that was asked for; the counters
  /// did not go back. Only then is the manifest parsed; it must repeat the challenge. `hints` are the PCR
  /// values that came with the quote. The nonce is used up, whatever the result.
  progress take_part0(const frame& manifest, byte_view attest, byte_view signature,
                      const tpm::pcr_values& hints);

  /// Takes the next bytes of a log, which may be cut anywhere. All parts of the boot log come before the
  /// first part of the IMA log. The size in the quoted manifest bounds the boot log, and `caps` bounds the
  /// IMA log. `body` is kept, not copied.
  progress take_log_part(log_kind log, const frame& body);
  progress take_log_part(log_kind log, byte_view body) { return take_log_part(log, frame::copy_of(body)); }

  /// If the evidence is already known not to verify, the reason; else success.
  status why_broken() const { return broken_ ? status{*broken_} : status{}; }

  /// Sets the policy, for a caller that learns only after part 0 which policy applied. Call it before the
  /// first log part, since the policy decides which PCRs belong to IMA.
  void judge_by(std::shared_ptr<const appraisal::policy> rules) { inputs_.policy = std::move(rules); }

  /// Makes the remaining checks and gives the outcome, which is a failure if evidence is still missing.
  /// Entries that the machine sent beyond the quoted ones can only make the outcome worse (unproven.hpp).
  attestation_outcome finish() &&;

  /// Ends an attestation for which no more evidence will come, because the session ended or the time is over.
  /// The outcome is a failure if the entries sent so far are bad news; `again` if the quote verified and
  /// shows that the recorded boot ended; otherwise none.
  std::optional<attestation_outcome> cut_off() &&;

private:
  struct manifest_claims {
    muster::boot_id boot;
    std::optional<bytes32> boot_log;
    std::uint64_t boot_log_size = 0;
  };

  void keep_reported(const frame& body);
  progress take_log_now(log_kind log, const frame& body);
  attestation_outcome finish_now();
  fault over_budget() const;
  attestation_outcome within_budget(attestation_outcome out) const;
  std::optional<finding> unproven(std::span<const tpm::ima_run> told) const;

  status verify_part0(const frame& manifest, byte_view attest, byte_view signature,
                      const tpm::pcr_values& hints);
  status compare_with_record();
  status read_manifest(const frame& manifest);
  status take_boot_part(byte_view body);
  status begin_ima();
  status close_boot_log();
  bool increment() const noexcept { return inputs_.challenge.logs == logs_wanted::increment; }

  result<tpm::verified_ima> finish_ima();
  status check_recorded_prefix(const tpm::verified_ima& ima) const;
  status replay_recorded_prefix(const tpm::verified_ima& ima) const;
  continuity continuity_of(const tpm::verified_ima& ima) const;
  result<std::optional<tpm::verified_boot_log>> verify_boot(const tpm::verified_ima& ima) const;
  boot_moves moves_in_boot(const tpm::verified_ima& ima, continuity goes_on) const;
  attestation_outcome conclude(const tpm::verified_ima& ima, const tpm::verified_boot_log* log,
                               const boot_moves& moves, continuity goes_on);

  progress note(const status& step);
  progress note_log(const status& step);
  bool another_kernel() const;
  bool lost_list(const fault& why) const;
  std::uint32_t pcrs_given_to_ima() const noexcept;
  std::uint32_t pcrs_by_value(const tpm::pcr_values& quoted) const noexcept;

  attestation_outcome list_lost() const;
  attestation_outcome failure(const fault& why) const;
  attestation_outcome ask_again(std::string reason) const;

  attestation_inputs inputs_;
  std::optional<tpm::verified_quote> quote_;
  std::optional<tpm::pcr_values> hints_;
  manifest_claims manifest_;
  bytes boot_log_;                          // received so far
  std::optional<tpm::event_log> event_log_; // views of boot_log_
  std::optional<tpm::ima_verifier> ima_;
  std::optional<fault> broken_;        // evidence that does not verify
  std::vector<tpm::ima_run> reported_; // each part of the IMA log as received: only for bad news
  std::uint64_t reported_bytes_ = 0;
  std::string again_; // why whole logs are needed; empty: they are not needed
  bool went_back_ = false;
  bool booted_ = false;                  // since the record, by the TPM's counters or the kernel's boot id
  std::optional<tpm::clock_info> ended_; // see `attestation_outcome::ended`
};

} // namespace muster::appraisal
