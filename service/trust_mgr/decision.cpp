#include "service/trust_mgr/decision.hpp"

#include "actors/service/field_codec.hpp"
#include "actors/service/record_codec.hpp"
#include "actors/service/recorded_boot.hpp"
#include "appraisal/appraise_boot.hpp"
#include "appraisal/appraise_files.hpp"
#include "appraisal/evidence_finding.hpp"
#include "appraisal/verdict.hpp"
#include "service/trust_mgr/identity_alarm.hpp"

namespace muster::service {

namespace {

using appraisal::attestation_end;
using appraisal::occasion;

appraisal::reference_state reference_of(const appraisal_context& context) {
  return context.reference ? appraisal::reference_state::present : appraisal::reference_state::absent;
}

/// The one place where findings and verdict of a state change.
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
  if (out.state.alarm) fresh.push_back(*out.state.alarm); // not even a new boot ends it
  auto kept =
      appraisal::carry_over({before.findings, before.findings_total}, std::move(fresh), what, unlisted);
  const auto judged =
      appraisal::verdict_of(kept.findings, node.level, *context.policy, reference_of(context));
  take_findings(out, before, context, std::move(kept), judged, now);
}

void fail(decided& out, const node_state& before, const node_record& node, const appraisal_context& context,
          std::vector<finding> why, wall_time now) {
  conclude(out, before, node, context, std::move(why), occasion::failed, 0, now);
  out.state.lease = {};
  out.state.valid_until = {};
}

bool whole_logs(occasion what) { return what == occasion::full_log || what == occasion::new_boot; }

void take_verified(decided& out, const node_state& before, const node_record& node,
                   const decision_request& request, const decision_rules& rules, const moment& now) {
  const auto& outcome = *request.outcome;
  conclude(out, before, node, *request.context, outcome.findings, outcome.what, outcome.unlisted, now.wall);
  record_boot(out.state, *outcome.boot);
  out.state.passed_over = outcome.passed_over + (whole_logs(outcome.what) ? 0 : before.passed_over);
  out.state.attested = now.wall;
  out.state.lease_ended = false;
  out.state.lease = {};
  out.state.valid_until = {};
  if (rules.leases == lease_rule::withheld) return;
  out.state.lease = make_lease({now.service_boot, request.challenged, {}}, rules.lease);
  const auto elapsed =
      now.boot.milliseconds - std::min(now.boot.milliseconds, request.challenged.milliseconds);
  out.state.valid_until = {now.wall.milliseconds + static_cast<std::uint64_t>(rules.lease.count()) - elapsed};
}

bool may_ask_again(const node_state& before, const decision_rules& rules, wall_time now) {
  return before.full_log_asked.milliseconds == 0
         || now.milliseconds >= before.full_log_asked.milliseconds
                                    + static_cast<std::uint64_t>(rules.full_log_pause.count());
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
  return make_record<records::Result>([&](records::Result::Builder out) {
    out.setVersion(1);
    out.setNode(data_of(node.id.raw));
    out.setGeneration(node.generation.value);
    out.setEpoch(request.epoch.value);
    out.setNumber(request.number.value);
    out.setVerdict(static_cast<std::uint8_t>(after.state.verdict));
    out.setDecidedMs(now.milliseconds);
    if (after.state.reference) out.setReferenceDigest(data_of(*after.state.reference));
    if (after.state.staged) out.setStagedDigest(data_of(*after.state.staged));
    if (after.state.policy) out.setPolicyDigest(data_of(*after.state.policy));
    if (after.evidence_kept) {
      auto findings = out.initFindings(static_cast<unsigned>(after.state.findings.size()));
      for (unsigned i = 0; i < after.state.findings.size(); ++i)
        put_finding(findings[i], after.state.findings[i]);
    }
    if (!request.evidence) return;
    const auto& in = *request.evidence;
    auto evidence = out.initEvidence();
    evidence.setManifest(data_of(in.manifest));
    evidence.setAttest(data_of(in.attest));
    evidence.setSignature(data_of(in.signature));
    auto pcrs = evidence.initPcrs(static_cast<unsigned>(in.pcrs.size()));
    for (unsigned i = 0; i < in.pcrs.size(); ++i)
      put_pcr(pcrs[i], in.pcrs[i].bank, in.pcrs[i].index, in.pcrs[i].value.view());
    evidence.setNonce(data_of(in.nonce));
    evidence.setExporter(data_of(in.exporter));
    evidence.setNodeSpki(data_of(in.node_spki));
    evidence.setAkPublic(data_of(in.ak_public));
  });
}

std::vector<file_claim> claims_to_store(const appraisal::file_claims& files) {
  std::vector<file_claim> out;
  out.reserve(files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto one = files[i];
    if (one.kind == appraisal::file_kind::boot_aggregate) continue; // judged with the boot
    file_claim file{std::string{one.path}, one.algorithm, to_bytes(one.digest)};
    // A violation is told by its digest, which is zero.
    if (one.kind != appraisal::file_kind::violation) file.kind = static_cast<std::uint8_t>(one.kind);
    file.signature = static_cast<std::uint8_t>(one.signature);
    file.signer = to_bytes(one.signer);
    out.push_back(std::move(file));
  }
  return out;
}

} // namespace

decided decide(const node_state& before, const node_record& node, const decision_request& request,
               const decision_rules& rules, const moment& now) {
  decided out{before, false, false, false, false};
  out.state.generation = node.generation;
  out.state.epoch = request.epoch;
  out.state.number = request.number;
  const auto& outcome = *request.outcome;
  if (auto two_hosts = note_boot(out.state, request.boot, counted(before, outcome)))
    out.alarmed = raise_alarm(out.state, *std::move(two_hosts), now.wall);
  switch (outcome.end) {
  case attestation_end::verified: take_verified(out, before, node, request, rules, now); break;
  case attestation_end::again:
    if (outcome.booted) { // PROTOCOL 4: that is always asked for from entry 0
      out.ask_full_log = true;
      break;
    }
    if (may_ask_again(before, rules, now.wall)) {
      out.state.full_log_asked = now.wall;
      out.ask_full_log = true;
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
  out.state.evidence_kept = out.evidence_kept;
  return out;
}

decided take_reappraisal(const node_state& before, const appraisal_context& context,
                         appraisal::reappraisal judged, wall_time now) {
  decided out{before, false, false, false, false};
  take_findings(out, before, context, std::move(judged.findings), judged.verdict, now);
  out.state.passed_over = judged.passed_over;
  return out;
}

verdict recorded_verdict(const node_state& state, const node_record& node, const appraisal_context& context) {
  return appraisal::verdict_of(state.findings, node.level, *context.policy, reference_of(context));
}

void log_verdict(write_batch& batch, wall_time now, const node_id& node, verdict before, verdict after,
                 std::string_view why) {
  if (before == after) return;
  auto text = std::string{to_string(before)} + " -> " + std::string{to_string(after)};
  if (!why.empty()) text += ", " + std::string{why};
  batch.append_audit(audit_entry(now, "service", "verdict", node, std::move(text)));
}

node_state record_decision(write_batch& batch, const node_state& before, const decided& after,
                           const node_record& node, const decision_request& request, wall_time now) {
  const auto& outcome = *request.outcome;
  auto state = after.state;
  if (after.alarmed) batch.append_audit(audit_entry(now, "service", "alarm", node.id, state.alarm->sentence));
  log_verdict(batch, now, node.id, before.verdict, state.verdict);
  if (after.ask_full_log) {
    batch.put<tables::states>(node.id, to_record(state));
    return state;
  }
  if (outcome.end == attestation_end::verified) {
    if (outcome.claims) state.boot_claims = batch.add_boot(to_record(outcome.claims->get())).raw;
    if (whole_logs(outcome.what)) batch.clear_claims(node.id);
    if (!outcome.files.empty()) batch.add_claims(node.id, claims_to_store(outcome.files));
  }
  // The newest evidence is kept, and that of each change; what lies between them goes at once (PROTOCOL 8).
  if (before.result.value != 0 && !before.evidence_kept) batch.erase_result(before.result);
  state.result = {write_batch::own_result};
  batch.append_result(node.id, result_record(after, node, request, now), to_record(state));
  return state;
}

void record_reappraisal(write_batch& batch, const decided& after, const node_record& node, wall_time now) {
  batch.put<tables::states>(node.id, to_record(after.state));
  if (after.verdict_changed)
    batch.append_audit(audit_entry(now, "service", "verdict", node.id,
                                   "re-appraised: " + std::string{to_string(after.state.verdict)}));
}

} // namespace muster::service
