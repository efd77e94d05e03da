#include "standing/decision.hpp"

#include "appraisal/attestation/outdated_claims.hpp"
#include "appraisal/bundle/bundle_log.hpp"
#include "appraisal/bundle/result_codec.hpp"
#include "appraisal/verdict/conclusion.hpp"
#include "appraisal/verdict/evidence_finding.hpp"
#include "records/record_codec.hpp"
#include "standing/identity_alarm.hpp"
#include "standing/recorded_boot.hpp"
#include "standing/recorded_claims.hpp"
#include "standing/vouching.hpp"
#include "standing/whole_logs.hpp"
#include "tpm/evidence/counters.hpp"

#include <algorithm>
#include <iterator>

namespace muster::service {

namespace {

using appraisal::attestation_end;
using appraisal::occasion;

appraisal::judged_by judges(const node_record& node, const appraisal_context& context) {
  return {node.level, context.policy.get(),
          context.reference ? appraisal::reference_state::present : appraisal::reference_state::absent};
}

/// Takes over findings and verdict of an attestation or a re-appraisal.
void take_findings(decided& out, const node_state& before, const appraisal_context& context,
                   appraisal::kept_findings kept, verdict judged, wall_time now) {
  out.state.verdict = judged;
  out.evidence_kept = kept.findings != before.findings || out.state.verdict != before.verdict;
  out.verdict_changed = out.state.verdict != before.verdict;
  out.state.findings = std::move(kept.findings);
  out.state.findings_total = static_cast<std::uint32_t>(kept.total);
  out.state.appraisal_version = context.version;
  out.state.reference.reset();
  if (context.reference) out.state.reference = context.reference_digest;
  out.state.staged.reset();
  if (context.staged) out.state.staged = context.staged_digest;
  out.state.policy = context.policy_digest;
  if (out.verdict_changed) out.state.since = now;
}

/// Merges findings and computes the verdict.
void conclude(decided& out, const node_state& before, const node_record& node,
              const appraisal_context& context, std::vector<finding> fresh, occasion what,
              std::uint64_t unlisted, wall_time now) {
  // An alarm may have been raised just now, and an admission may have changed who vouches.
  appraisal::kept_findings old{out.state.findings, out.state.findings_total};
  renew_vouching_finding(old, node);
  auto [kept, concluded] = appraisal::conclude(old, std::move(fresh), what, unlisted, judges(node, context));
  take_findings(out, before, context, std::move(kept), concluded, now);
}

void fail(decided& out, const node_state& before, const node_record& node, const appraisal_context& context,
          std::vector<finding> why, wall_time now) {
  conclude(out, before, node, context, std::move(why), occasion::failed, 0, now);
  if (before.boot && before.proven.value == 0) out.state.proven = before.result;
  end_lease(out.state);
}

/// Whether the TPM was reset since the boot on record. A new generation has no boot on record, but its TPM
/// counts on: making an AK again undoes nothing that happened.
bool was_reset(const node_state& before, const appraisal::attestation_outcome& outcome) {
  return outcome.boot->clock.reset_count > before.reset_count;
}

bool whole_logs(occasion what) { return what == occasion::full_log || what == occasion::new_boot; }

void take_verified(decided& out, const node_state& before, const node_record& node,
                   const decision_request& request, const decision_rules& rules, const moment& now) {
  const auto& outcome = *request.outcome;
  auto fresh = outcome.findings;
  if (outcome.what == occasion::new_boot && !was_reset(before, outcome))
    std::ranges::copy_if(before.findings, std::back_inserter(fresh),
                         [](const finding& f) { return f.kind == finding_kind::event; });
  conclude(out, before, node, *request.context, std::move(fresh), outcome.what, outcome.unlisted, now.wall);
  record_boot(out.state, *outcome.boot);
  out.state.proven = {};
  // The kept findings are of signatures that were verified with other keys: they are judged again at once.
  if (outcome.what == occasion::full_log && outcome.boot->pins != before.pins)
    out.state.appraisal_version = 0;
  // The boot_aggregate is judged again, too, once its bank was quoted.
  if (outcome.what == occasion::full_log && before.aggregate_bank
      && std::ranges::find(before.pcrs, *before.aggregate_bank, &appraisal::pcr_claim::algorithm)
             == before.pcrs.end())
    out.state.appraisal_version = 0;
  if (outcome.what == occasion::new_boot) {
    out.state.log = std::max(before.log, before.last_log) + 1;
    out.state.last_log = before.log;
  } else if (outcome.what == occasion::full_log && before.log == 0) {
    out.state.log = before.last_log + 1;
  }
  out.state.skipped = outcome.skipped + (whole_logs(outcome.what) ? 0 : before.skipped);
  out.state.attested = now.wall;
  // An increment that was under way when whole logs were asked for does not settle that debt. Nor does one
  // after which they cannot be asked for yet: what it shows may be worse than what is on record, and
  // withholding whole logs must gain nothing.
  out.state.owes_whole_logs =
      (before.owes_whole_logs && !whole_logs(outcome.what)) || appraisal::any_behind(out.state.findings);
  end_lease(out.state);
  if (rules.leases == lease_rule::withheld || out.state.owes_whole_logs) return;
  out.state.lease = make_lease({now.service_boot, request.challenged, {}}, rules.lease, rules.after_loss);
  const auto elapsed =
      now.boot.milliseconds - std::min(now.boot.milliseconds, request.challenged.milliseconds);
  out.state.valid_until = {now.wall.milliseconds + static_cast<std::uint64_t>(rules.lease.count()) - elapsed};
}

/// What was verified before is no longer true, or may not be. Trust ends with the record that says so, and
/// returns when whole logs verify. If the service asked and kept the lease meanwhile, a machine that
/// withholds its logs would keep it, too.
void ask_for_whole_logs(decided& out) {
  out.ask_full_log = true;
  end_lease_until_whole_logs(out.state);
}

counters counted(const node_state& before, const appraisal::attestation_outcome& outcome) {
  if (outcome.end != attestation_end::verified || !before.boot) return counters::unchanged;
  const auto& clock = outcome.boot->clock;
  return clock.reset_count == before.reset_count && clock.restart_count == before.restart_count
             ? counters::unchanged
             : counters::changed;
}

record<records::Result> result_record(const decided& after, const node_record& node,
                                      const decision_request& request, wall_time now) {
  appraisal::result_content out;
  out.node = node.id;
  out.generation = node.generation;
  out.epoch = request.epoch;
  out.number = request.number;
  out.verdict = after.state.verdict;
  out.decided = now;
  // Findings that no evidence can show again stay with each result, since it may be kept as the newest that
  // verified.
  out.findings = after.evidence_kept ? after.state.findings : appraisal::lasting_of(after.state.findings);
  out.evidence = request.evidence;
  out.reference = after.state.reference;
  out.staged = after.state.staged;
  out.policy = after.state.policy;
  out.vouched_by = node.level;
  if (request.outcome->end == attestation_end::verified) out.log = after.state.log;
  return appraisal::to_record(out);
}

/// How many of the files in whole logs are on record and stay there. One thread writes the records of all
/// machines, so files that a machine sends again are not written again, unless to mend what is on record.
std::size_t files_that_stay(const node_state& before, const decided& after,
                            const appraisal::attestation_outcome& outcome) {
  const bool sound =
      before.boot_claims && !after.unread && std::ranges::none_of(before.findings, [](const finding& f) {
        return f.kind == finding_kind::evidence;
      });
  return sound ? outcome.known_claims : 0;
}

/// Keeps what was verified about the boot, and its raw logs. A new boot's are kept in addition to those of
/// the last boot; the same boot's replace what was there.
void keep_boot(change_batch& batch, const node_state& before, node_state& state,
               const appraisal::attestation_outcome& outcome, std::size_t stay) {
  if (outcome.claims) {
    state.boot_claims = batch.add_boot(to_record(outcome.claims->get())).raw;
    if (before.boot_claims) batch.drop_use({*before.boot_claims});
  }
  if (whole_logs(outcome.what)) {
    if (stay == 0) batch.clear_claims();
    // An attestation of the same boot replaces what it proves again.
    const auto replaced = outcome.what == occasion::new_boot ? before.last_log : before.log;
    if (replaced != 0) batch.clear_log(replaced);
    batch.append_log(state.log, outcome.boot_log, outcome.ima_log);
  } else if (before.log != 0 && !outcome.ima_log.empty()) {
    batch.append_log(before.log, {}, outcome.ima_log);
  }
  if (outcome.files.size() > stay) batch.add_claims(claims_for_record(outcome.files, stay));
}

} // namespace

bool ends_lease(const node_state& before, const appraisal::attestation_outcome& outcome) {
  if (!before.boot || before.owes_whole_logs || !outcome.ended) return false;
  const tpm::clock_info recorded{before.clock, before.reset_count, before.restart_count, before.clock_safe};
  const auto since = tpm::compare_counters(recorded, *outcome.ended);
  return since == tpm::boot_change::new_boot || since == tpm::boot_change::resumed;
}

decided decide(const node_state& before, const node_record& node, const decision_request& request,
               const decision_rules& rules, const moment& now) {
  decided out{.state = before};
  const auto& outcome = *request.outcome;
  out.state.generation = node.generation;
  if (request.bad_news && outcome.end == attestation_end::again) {
    if (ends_lease(before, outcome)) ask_for_whole_logs(out);
    return out;
  }
  if (request.bad_news) { // the newest session and attestation stay as they are
    fail(out, before, node, *request.context, outcome.findings, now.wall);
    out.state.must_enrol = before.must_enrol || outcome.must_enrol;
    out.state.evidence_kept = out.evidence_kept;
    note_whole_logs(before, out.state, request.whole, now.wall);
    return out;
  }
  out.state.epoch = request.epoch;
  out.state.number = request.number;
  if (auto two_hosts = note_boot(out.state, request.boot, counted(before, outcome)))
    out.alarmed = raise_alarm(out.state, *std::move(two_hosts), now.wall);
  switch (outcome.end) {
  case attestation_end::verified:
    // Bad news counts at once. What only outdates the claims on record is worth nothing before whole logs.
    if (appraisal::only_behind(outcome.findings) && may_ask_again(before, now.wall, behind_pause)) {
      out.state.full_log_asked = now.wall;
      ask_for_whole_logs(out);
      break;
    }
    take_verified(out, before, node, request, rules, now);
    break;
  case attestation_end::again:
    if (!outcome.findings.empty()) { // bad news, whatever whole logs will say
      fail(out, before, node, *request.context, outcome.findings, now.wall);
      break;
    }
    if (outcome.booted) { // docs/protocol.md 4: a new boot is always asked for from entry 0
      ask_for_whole_logs(out);
      break;
    }
    if (may_ask_again(before, now.wall)) {
      out.state.full_log_asked = now.wall;
      ask_for_whole_logs(out);
      break;
    }
    fail(out, before, node, *request.context,
         {appraisal::evidence_finding({errc::mismatch, "ima-log: " + outcome.reason})}, now.wall);
    break;
  case attestation_end::failed:
    out.state.must_enrol = before.must_enrol || outcome.must_enrol;
    fail(out, before, node, *request.context, outcome.findings, now.wall);
    break;
  }
  // If the machine is asked again there is no new result, so this stays true of the newest one.
  if (!out.ask_full_log) out.state.evidence_kept = out.evidence_kept;
  note_whole_logs(before, out.state, request.whole, now.wall);
  return out;
}

decided take_reappraisal(const node_state& before, const appraisal_context& context,
                         appraisal::reappraisal judged, wall_time now) {
  decided out{.state = before};
  take_findings(out, before, context, std::move(judged.findings), judged.verdict, now);
  out.state.skipped = judged.skipped;
  return out;
}

decided take_unjudgeable(const node_state& before, const node_record& node, const appraisal_context& context,
                         const fault& why, wall_time now) {
  decided out{.state = before};
  fail(out, before, node, context, {appraisal::evidence_finding({why.code, "record: " + why.check})}, now);
  note_whole_logs(before, out.state, false, now);
  return out;
}

decided take_move(const node_state& before, const appraisal_context& context, wall_time now) {
  decided out{.state = before};
  const auto left = before.verdict == verdict::contraindicated ? verdict::contraindicated : verdict::none;
  take_findings(out, before, context, {before.findings, before.findings_total}, left, now);
  end_lease(out.state);
  return out;
}

verdict recorded_verdict(const node_state& state, const node_record& node, const appraisal_context& context) {
  const auto by = judges(node, context);
  return appraisal::verdict_of(state.findings, by.level, *by.rules, by.reference);
}

void log_verdict(change_batch& batch, wall_time now, verdict before, verdict after, std::string_view why) {
  if (before == after) return;
  auto text = std::string{to_string(before)} + " -> " + std::string{to_string(after)};
  if (!why.empty()) text += ", " + std::string{why};
  batch.enter(now, "service", "verdict", std::move(text));
}

void record_decision(node_change& out, const node_state& before, const decided& after,
                     const node_record& node, const decision_request& request, wall_time now) {
  const auto& outcome = *request.outcome;
  auto& batch = out.batch;
  auto state = after.state;
  if (after.alarmed) batch.enter(now, "service", "alarm", state.alarm->sentence);
  // By this entry bundles prove when the evidence existed (appraisal/bundle/bundle_log.hpp).
  log_verdict(batch, now, before.verdict, state.verdict,
              request.evidence ? appraisal::quote_words(request.evidence->attest) : std::string{});
  if (!after.ask_full_log) {
    if (outcome.end == attestation_end::verified) {
      keep_boot(batch, before, state, outcome, files_that_stay(before, after, outcome));
    }
    // Kept are the newest evidence, the newest that verified, and that of each change. Any other goes at once
    // (docs/protocol.md 8).
    if (before.result.value != 0 && !before.evidence_kept) {
      if (before.result == state.proven)
        batch.list_result(before.result);
      else
        batch.erase_result(before.result);
    }
    state.result = {};
    out.result = decided_result{result_record(after, node, request, now),
                                after.evidence_kept ? result_stay::for_good : result_stay::while_newest};
  }
  out.put(std::move(state));
}

void record_reappraisal(node_change& out, const decided& after, wall_time now) {
  if (after.verdict_changed)
    out.batch.enter(now, "service", "verdict",
                    "re-appraised: " + std::string{to_string(after.state.verdict)});
  out.put(after.state);
}

} // namespace muster::service
