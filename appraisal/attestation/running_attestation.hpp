// One attestation from its challenge to its outcome: a pure value that takes evidence part by part.
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
  /// Re-verification of stored evidence against complete logs. The manifest may start at any entry. No policy
  /// is applied: the outcome carries claims, and only the findings that do not depend on a policy. Never used
  /// in a challenge.
  re_verify = 2
};

/// The challenge as it was issued, once, in this session.
struct issued_challenge {
  attestation_number number;
  bytes32 nonce{};
  tpm::pcr_selection selection;
  logs_wanted logs = logs_wanted::whole;
};

/// The TLS session that the challenge was issued in.
struct attested_channel {
  node_id node;
  bytes32 exporter{};
  bytes32 node_spki{}; ///< SHA-256 of the node's SubjectPublicKeyInfo
};

struct attestation_inputs {
  issued_challenge challenge;
  attested_channel channel;
  tpm::trusted_ak ak;
  std::shared_ptr<const recorded_boot> recorded;   ///< null: nothing was verified yet
  std::shared_ptr<const reference_set> reference;  ///< null: the group has none
  std::shared_ptr<const appraisal::policy> policy; ///< never null, but to verify again
  tpm::ima_caps caps;
  std::shared_ptr<const reference_set> staged = nullptr; ///< unless an upgrade of the group is staged
  hash_seed seed{};                                      ///< of this process
  cpu_budget budget{};                                   ///< over it the evidence fails
};

enum class log_kind : std::uint8_t { boot = 0, ima = 1 };
enum class progress : std::uint8_t { over = 0, more = 1 };

/// Which entry of the IMA log the challenge asks for first.
std::uint64_t first_entry_wanted(const issued_challenge& challenge, const recorded_boot* recorded) noexcept;

/// take_part0 once, take_log_part for each part in order, finish or cut_off once. `over`: the result is
/// already decided. Call finish; later parts are ignored. Movable; one thread at a time. Each step is bounded
/// by its input, and all together by the budget.
class running_attestation {
public:
  explicit running_attestation(attestation_inputs inputs);

  /// docs/protocol.md 4, in this order: the AK signed; qualifying data binds nonce, node, channel and
  /// manifest; the selection is the one asked for; counters did not go back. Only then the manifest is
  /// parsed, and must repeat the challenge. `hints`: the PCR values that came along. The nonce is used up,
  /// whatever comes of it.
  progress take_part0(const frame& manifest, byte_view attest, byte_view signature,
                      const tpm::pcr_values& hints);

  /// The next bytes of a log, cut anywhere. All parts of the boot log come before the first of the IMA log.
  /// Both are bounded: the boot log by the size that the signed manifest states, the IMA log by `caps`.
  /// `body` is kept, not copied.
  progress take_log_part(log_kind log, const frame& body);
  progress take_log_part(log_kind log, byte_view body) { return take_log_part(log, frame::copy_of(body)); }

  /// Why the evidence is known not to verify, if it is.
  status why_broken() const { return broken_ ? status{*broken_} : status{}; }

  /// For who learns only after part 0 by which policy it was judged. Before `finish`.
  void judge_by(std::shared_ptr<const appraisal::policy> rules) { inputs_.policy = std::move(rules); }

  /// What came of it, all checks done. Before everything arrived that is a failure.
  /// What the machine told beyond that can only make it worse (unproven.hpp).
  attestation_outcome finish() &&;

  /// No more will come, for whatever reason: the session ended, the time was over. A failure with what was
  /// told so far, if that is bad; `again` if the quote came and says that the boot on record ended; else
  /// nothing.
  std::optional<attestation_outcome> cut_off() &&;

private:
  struct manifest_claims {
    muster::boot_id boot;
    std::optional<bytes32> boot_log;
    std::uint64_t boot_log_size = 0;
  };

  void keep_told(const frame& body);
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

  attestation_outcome list_lost() const;
  attestation_outcome failure(const fault& why) const;
  attestation_outcome ask_again(std::string reason) const;

  attestation_inputs inputs_;
  std::optional<tpm::verified_quote> quote_;
  std::optional<tpm::pcr_values> hints_;
  manifest_claims manifest_;
  bytes boot_log_;                          // as it arrives
  std::optional<tpm::event_log> event_log_; // views of boot_log_
  std::optional<tpm::ima_verifier> ima_;
  std::optional<fault> broken_;    // evidence that does not verify
  std::vector<tpm::ima_run> told_; // each part of the IMA log, as it came: for bad news alone
  std::uint64_t told_bytes_ = 0;
  std::string again_; // why whole logs are needed; empty: they are not
  bool went_back_ = false;
  bool booted_ = false; // since what is on record, by its counters or by its kernel's boot id
  std::optional<tpm::clock_info> ended_; // by its counters
};

} // namespace muster::appraisal
