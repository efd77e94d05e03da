// From the outcome of an attestation to what is recorded (docs/protocol.md 5). Pure.
#pragma once

#include "appraisal/attestation/attestation_outcome.hpp"
#include "appraisal/attestation/reappraise.hpp"
#include "records/store_batch.hpp"
#include "standing/attestation.hpp"
#include "standing/lease.hpp"
#include "standing/node_change.hpp"

namespace muster::service {

/// Whether a verified attestation gives a lease. It does not while the service's records are rolled back
/// (docs/protocol.md 8).
enum class lease_rule : std::uint8_t { given, withheld };

struct decision_rules {
  std::chrono::milliseconds lease{180'000};
  lease_rule leases = lease_rule::given;
  std::uint64_t after_loss = 0; ///< of `log_state`; goes into each new lease
};

struct decided {
  node_state state{};        ///< after this decision
  bool ask_full_log = false; ///< no verdict yet: the next challenge asks for whole logs
  bool verdict_changed = false;
  bool evidence_kept = false; ///< verdict or findings changed: keep this evidence
  bool alarmed = false;       ///< two hosts use this identity, as seen just now
  bool unread = false;        ///< the claims on record could not be read: whole logs replace them all
};

/// What an outcome does to the state of `node`. `now` is the time of the decision; a lease counts from the
/// challenge. Rules:
/// - verified: findings by `carry_over`, verdict by `verdict_of`; boot and lease are recorded. If the outcome
///   outdates the claims on record (appraisal/attestation/outdated_claims.hpp) and shows nothing bad, whole
///   logs are asked for first, as under `again`. Too soon after the last request for them, the outcome is
///   recorded with the warning `evidence.behind` instead.
/// - failed: findings are added, the verdict is contraindicated, and there is no lease. The boot that was
///   verified stays on record.
/// - again: the lease ends, and whole logs are asked for, at most once in `whole_logs_pause`. Within that
///   pause the outcome counts as failed; so does one with bad news in it. A machine that booted is always
///   asked.
/// - bad news of an attestation that is over: as failed, but the newest session and attestation on record
///   stay as they are. If the news is only that the boot on record ended, the lease ends and whole logs are
///   due.
///
/// If a boot id comes back while the counters are unchanged, that raises the alarm of identity_alarm.hpp.
/// Until the alarm ends, its finding is part of every verdict.
decided decide(const node_state& before, const node_record& node, const decision_request& request,
               const decision_rules& rules, const moment& now);

/// Whether a quote of the outcome proves that the boot on record ended, while its lease has not ended yet.
bool ends_lease(const node_state& before, const appraisal::attestation_outcome& outcome);

/// The claims of the whole boot were judged under another set or policy. The lease does not move, and the
/// attestation number stays that of the claims.
decided take_reappraisal(const node_state& before, const appraisal_context& context,
                         appraisal::reappraisal judged, wall_time now);

/// The record of the machine cannot be judged any more: there is a failure of kind evidence, and no lease.
/// The next whole logs may mend that.
decided take_unjudgeable(const node_state& before, const node_record& node, const appraisal_context& context,
                         const fault& why, wall_time now);

/// The machine moved to another group and has no verified boot that could be appraised again. A
/// contraindicated verdict stays; any other becomes `none`. The lease ends.
decided take_move(const node_state& before, const appraisal_context& context, wall_time now);

/// The verdict that follows from the findings on record.
verdict recorded_verdict(const node_state& state, const node_record& node, const appraisal_context& context);

/// If the verdict changed, enters that in the log. `why` is added to the text; it may be empty. A
/// re-appraisal has its own form of entry (`record_reappraisal`).
void log_verdict(change_batch& batch, wall_time now, verdict before, verdict after,
                 std::string_view why = {});

/// What must become durable with a decision, in one transaction: state (`out.after`), result, claims and raw
/// logs.
void record_decision(node_change& out, const node_state& before, const decided& after,
                     const node_record& node, const decision_request& request, wall_time now);
void record_reappraisal(node_change& out, const decided& after, wall_time now);

} // namespace muster::service
