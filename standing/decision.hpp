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
  bool ask_full_log = false; ///< no verdict: the next challenge asks for whole logs
  bool verdict_changed = false;
  bool evidence_kept = false; ///< verdict or findings changed: keep this evidence
  bool alarmed = false;       ///< two hosts use this identity, as seen just now
  bool unread = false;        ///< the claims on record could not be read: whole logs replace them all
};

/// What an outcome does to the state of `node`. `now`: when it is decided; the lease counts from the
/// challenge. Rules:
/// - verified: findings by `carry_over`, verdict by `verdict_of`; boot and lease are recorded. If the outcome
///   outdates the claims on record (appraisal/attestation/outdated_claims.hpp) and shows nothing bad, whole
///   logs are asked for first, as under `again`. Too soon after the last request, it is recorded with that
///   warning instead.
/// - failed: findings are added, the verdict is contraindicated, and there is no lease. The boot that was
///   verified stays on record.
/// - again: the lease ends, and whole logs are asked for, at most once in `whole_logs_pause`. Sooner, it
///   counts as failed; so does bad news in the outcome. A machine that booted is always asked.
/// - bad news: as failed, but the newest session and attestation stay as they are. If it says no more than
///   that the boot on record ended, the lease ends and whole logs are due.
///
/// A boot id that comes back while the counters are unchanged raises the alarm of identity_alarm.hpp. Until
/// that alarm ends, its finding is part of every verdict.
decided decide(const node_state& before, const node_record& node, const decision_request& request,
               const decision_rules& rules, const moment& now);

/// Whether a quote of the outcome proves that the boot on record ended, while its lease has not ended yet.
bool ends_lease(const node_state& before, const appraisal::attestation_outcome& outcome);

/// The claims of the whole boot were judged under another set or policy. No lease moves, and the number stays
/// that of the claims.
decided take_reappraisal(const node_state& before, const appraisal_context& context,
                         appraisal::reappraisal judged, wall_time now);

/// The record of the machine cannot be judged any more: a failure of kind evidence, and no lease. The next
/// whole logs may mend it.
decided take_unjudgeable(const node_state& before, const node_record& node, const appraisal_context& context,
                         const fault& why, wall_time now);

/// The machine moved to another group and has no verified boot that could be appraised again. A
/// contraindicated verdict stays; any other becomes `none`. The lease ends.
decided take_move(const node_state& before, const appraisal_context& context, wall_time now);

/// The verdict that follows from the findings on record.
verdict recorded_verdict(const node_state& state, const node_record& node, const appraisal_context& context);

/// Enters a change of verdict in the log, if there is one. `why` is added to the text; it may be empty. A
/// re-appraisal has an entry of its own form (`record_reappraisal`).
void log_verdict(change_batch& batch, wall_time now, verdict before, verdict after,
                 std::string_view why = {});

/// What must become durable with a decision, in one transaction: state (`out.after`), result, claims and raw
/// logs.
void record_decision(node_change& out, const node_state& before, const decided& after,
                     const node_record& node, const decision_request& request, wall_time now);
void record_reappraisal(node_change& out, const decided& after, wall_time now);

} // namespace muster::service
