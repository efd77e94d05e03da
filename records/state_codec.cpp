#include "appraisal/claims/field_codec.hpp"
#include "records/record_codec.hpp"

namespace muster::service {

namespace {

constexpr std::uint16_t state_version = 1;

template <class List> void put_pcrs(List out, const std::vector<appraisal::pcr_claim>& in) {
  for (unsigned i = 0; i < in.size(); ++i)
    appraisal::put_pcr(out[i], in[i]);
}

template <class List> std::vector<appraisal::pcr_claim> read_pcrs(List in, appraisal::field_check& check) {
  std::vector<appraisal::pcr_claim> out;
  out.reserve(in.size());
  for (const auto one : in)
    out.push_back(appraisal::read_pcr(one, check));
  return out;
}

std::optional<muster::boot_id> read_boot_id(capnp::Data::Reader in, const char* field,
                                            appraisal::field_check& check) {
  muster::boot_id out;
  if (in.size() == 0) return std::nullopt;
  if (in.size() != out.raw.size()) {
    check.fail(field, "is not 16 bytes");
    return std::nullopt;
  }
  std::copy_n(in.begin(), out.raw.size(), out.raw.begin());
  return out;
}

void put_boot(records::State::Builder out, const node_state& in) {
  if (in.boot) out.setBootId(data_of(in.boot->raw));
  out.setResetCount(in.reset_count);
  out.setRestartCount(in.restart_count);
  out.setClock(in.clock);
  out.setClockSafe(in.clock_safe);
  out.setImaCount(in.ima_count);
  put_pcrs(out.initPcrs(static_cast<unsigned>(in.pcrs.size())), in.pcrs);
  out.setImaMask(in.ima_mask);
  if (in.boot_log) out.setBootLogDigest(data_of(*in.boot_log));
  if (in.pins) out.setPins(data_of(*in.pins));
  if (in.boot_claims) out.setBootClaims(data_of(*in.boot_claims));
  auto padded = out.initPaddedBanks(static_cast<unsigned>(in.padded_banks.size()));
  for (unsigned i = 0; i < in.padded_banks.size(); ++i)
    padded.set(i, static_cast<std::uint16_t>(in.padded_banks[i]));
  out.setPassedOver(in.skipped);
  out.setAfterLogKnown(in.after_log.has_value());
  if (!in.after_log) return;
  auto after_log = out.initAfterLog(static_cast<unsigned>(in.after_log->size()));
  for (unsigned i = 0; i < in.after_log->size(); ++i)
    appraisal::put_after_log(after_log[i], (*in.after_log)[i]);
}

void read_boot(records::State::Reader in, node_state& out, appraisal::field_check& check) {
  out.boot = read_boot_id(in.getBootId(), "bootId", check);
  out.reset_count = in.getResetCount();
  out.restart_count = in.getRestartCount();
  out.clock = in.getClock();
  out.clock_safe = in.getClockSafe();
  out.ima_count = in.getImaCount();
  out.pcrs = read_pcrs(in.getPcrs(), check);
  out.ima_mask = in.getImaMask();
  out.boot_log = check.digest32("bootLogDigest", in.getBootLogDigest());
  out.pins = check.digest32("pins", in.getPins());
  out.boot_claims = check.digest32("bootClaims", in.getBootClaims());
  for (const auto bank : in.getPaddedBanks())
    out.padded_banks.push_back(check.algorithm("paddedBanks", bank));
  out.skipped = in.getPassedOver();
  if (!in.getAfterLogKnown()) return;
  out.after_log.emplace();
  for (const auto one : in.getAfterLog())
    out.after_log->push_back(appraisal::read_after_log(one, check));
}

void put_identity(records::State::Builder out, const node_state& in) {
  if (in.alarm) appraisal::put_finding(out.initAlarm(), *in.alarm);
  auto seen = out.initBootsSeen(static_cast<unsigned>(in.boots_seen.size()));
  for (unsigned i = 0; i < in.boots_seen.size(); ++i)
    seen.set(i, data_of(in.boots_seen[i].raw));
  auto keys = out.initKeysSeen(static_cast<unsigned>(in.keys_seen.size()));
  for (unsigned i = 0; i < in.keys_seen.size(); ++i)
    keys.set(i, data_of(in.keys_seen[i]));
}

void read_identity(records::State::Reader in, node_state& out, appraisal::field_check& check) {
  if (in.hasAlarm()) out.alarm = appraisal::read_finding(in.getAlarm(), check);
  for (const auto one : in.getBootsSeen())
    if (const auto seen = read_boot_id(one, "bootsSeen", check)) out.boots_seen.push_back(*seen);
  for (const auto one : in.getKeysSeen())
    if (const auto seen = check.digest32("keysSeen", one)) out.keys_seen.push_back(*seen);
}

} // namespace

record<records::State> to_record(const node_state& in) { return to_record(in, in.result); }

record<records::State> to_record(const node_state& in, sequence result) {
  return make_record<records::State>([&](records::State::Builder out) {
    out.setVersion(state_version);
    out.setGeneration(in.generation.value);
    out.setEpoch(in.epoch.value);
    out.setNumber(in.number.value);
    out.setVerdict(static_cast<std::uint8_t>(in.verdict));
    out.setSinceMs(in.since.milliseconds);
    out.setAttestedMs(in.attested.milliseconds);
    if (in.lease.until.milliseconds != 0) out.setLeaseBootId(data_of(in.lease.service_boot.raw));
    out.setLeaseUntilMs(in.lease.until.milliseconds);
    out.setLeaseAfterLoss(in.lease.after_loss);
    out.setValidUntilMs(in.valid_until.milliseconds);
    out.setResultSequence(result.value);
    put_boot(out, in);
    auto findings = out.initFindings(static_cast<unsigned>(in.findings.size()));
    for (unsigned i = 0; i < in.findings.size(); ++i)
      appraisal::put_finding(findings[i], in.findings[i]);
    out.setFindingsTotal(in.findings_total);
    if (in.reference) out.setReferenceDigest(data_of(*in.reference));
    if (in.staged) out.setStagedDigest(data_of(*in.staged));
    if (in.policy) out.setPolicyDigest(data_of(*in.policy));
    out.setAppraisalVersion(in.appraisal_version);
    out.setEvidenceKept(in.evidence_kept);
    out.setFullLogAskedMs(in.full_log_asked.milliseconds);
    out.setOwesWholeLogs(in.owes_whole_logs);
    out.setMustEnrol(in.must_enrol);
    if (in.aggregate_bank) out.setAggregateBank(static_cast<std::uint16_t>(*in.aggregate_bank));
    out.setLog(in.log);
    out.setLastLog(in.last_log);
    out.setProvenResult(in.proven.value);
    put_identity(out, in);
  });
}

result<node_state> state_from(const view<records::State>& stored) {
  return stored.read([](records::State::Reader in) -> result<node_state> {
    appraisal::field_check check{"state record"};
    check.version(in.getVersion(), state_version);
    node_state out;
    out.generation = {in.getGeneration()};
    out.epoch = {in.getEpoch()};
    out.number = {in.getNumber()};
    out.verdict = check.value<verdict>("verdict", in.getVerdict());
    out.since = {in.getSinceMs()};
    out.attested = {in.getAttestedMs()};
    out.lease.service_boot =
        read_boot_id(in.getLeaseBootId(), "leaseBootId", check).value_or(muster::boot_id{});
    out.lease.until = {in.getLeaseUntilMs()};
    out.lease.after_loss = in.getLeaseAfterLoss();
    out.valid_until = {in.getValidUntilMs()};
    out.result = {in.getResultSequence()};
    read_boot(in, out, check);
    for (const auto one : in.getFindings())
      out.findings.push_back(appraisal::read_finding(one, check));
    out.findings_total = in.getFindingsTotal();
    out.reference = check.digest32("referenceDigest", in.getReferenceDigest());
    out.staged = check.digest32("stagedDigest", in.getStagedDigest());
    out.policy = check.digest32("policyDigest", in.getPolicyDigest());
    out.appraisal_version = in.getAppraisalVersion();
    out.evidence_kept = in.getEvidenceKept();
    out.full_log_asked = {in.getFullLogAskedMs()};
    out.owes_whole_logs = in.getOwesWholeLogs();
    out.must_enrol = in.getMustEnrol();
    if (in.getAggregateBank() != 0)
      out.aggregate_bank = check.algorithm("aggregateBank", in.getAggregateBank());
    out.log = in.getLog();
    out.last_log = in.getLastLog();
    out.proven = {in.getProvenResult()};
    read_identity(in, out, check);
    return check.done(std::move(out));
  });
}

} // namespace muster::service
