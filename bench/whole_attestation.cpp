#include "bench/whole_attestation.hpp"

#include "appraisal/bundle/result_record.hpp"
#include "appraisal/verdict/conclusion.hpp"
#include "bench/signature_verify.hpp"
#include "bench/words.hpp"
#include "messages/view.hpp"
#include "tpm/evidence/boot_replay.hpp"

namespace muster::bench {

namespace {

constexpr std::size_t bytes_in_part = std::size_t{256} << 10U; // as agents send them

/// PCR values after the boot log and part of the IMA log: once after the entries that the hints cover, once
/// at the log's end.
struct replayed {
  tpm::pcr_values hints;
  tpm::pcr_values quoted;
};

status put_ima(tpm::pcr_values& out, const tpm::ima_replay& ima) {
  for (const auto& lane : ima.lanes())
    for (unsigned pcr = 0; pcr < tpm::pcr_count; ++pcr)
      if ((ima.ima_pcrs() >> pcr & 1U) != 0)
        if (auto set = out.set(lane.bank, pcr, lane.values[pcr].view()); !set) return set;
  return {};
}

result<replayed> values_of(const evidence_input& what) {
  const auto events = tpm::parse_event_log(what.boot_log);
  if (!events) return events.fault();
  const auto booted = tpm::values_after(&*events, routine_selection());
  if (!booted) return booted.fault();
  auto start = tpm::first_log_state(routine_selection());
  if (!start) return start.fault();
  if (what.fed == bank_feed::padded_sha1) start->padded_banks = {hash_algorithm::sha256};
  auto ima = tpm::ima_replay::begin(*start, routine_selection());
  if (!ima) return ima.fault();
  replayed out{*booted, *booted};
  if (auto put = put_ima(out.hints, *ima); !put) return put.fault();
  tpm::ima_log_reader reader;
  tpm::ima_entry entry;
  for (byte_view rest{what.ima_log}; !rest.empty();) {
    const auto taken = reader.read(rest, entry);
    if (!taken) return taken.fault();
    if (*taken == 0) return fault{errc::malformed, "IMA log: the last entry is cut"};
    if (auto extended = ima->extend(entry); !extended) return extended.fault();
    rest = rest.subspan(*taken);
    if (ima->entries() == what.hinted)
      if (auto put = put_ima(out.hints, *ima); !put) return put.fault();
  }
  if (auto put = put_ima(out.quoted, *ima); !put) return put.fault();
  if (what.hinted == evidence_input::all) out.hints = out.quoted;
  return out;
}

/// The first entries of an IMA log.
result<bytes> first_of(byte_view log, std::uint64_t entries) {
  tpm::ima_log_reader reader;
  tpm::ima_entry entry;
  std::size_t end = 0;
  for (std::uint64_t i = 0; i < entries; ++i) {
    const auto taken = reader.read(log.subspan(end), entry);
    if (!taken) return taken.fault();
    end += *taken;
  }
  return to_bytes(log.first(end));
}

std::vector<frame> parts_of(byte_view log) {
  std::vector<frame> out;
  for (; !log.empty(); log = log.subspan(std::min(bytes_in_part, log.size())))
    out.push_back(frame::copy_of(log.first(std::min(bytes_in_part, log.size()))));
  return out;
}

} // namespace

result<whole_attestation> whole_attestation::make(soft_machine& machine, const evidence_input& what,
                                                  const judges& by) {
  const auto values = values_of(what);
  if (!values) return values.fault();
  auto ak = tpm::trust_recorded_ak(machine.ak().area().raw());
  if (!ak) return ak.fault();
  whole_attestation out{*std::move(ak)};
  if (what.recorded != 0) {
    auto before = first_of(what.ima_log, what.recorded);
    if (!before) return before.fault();
    const auto earlier =
        make(machine, {what.boot_log, *std::move(before), evidence_input::all, 0, what.fed}, by);
    if (!earlier) return earlier.fault();
    auto judged = earlier->run(by);
    if (!judged) return judged.fault();
    out.recorded_ = std::make_shared<const appraisal::recorded_boot>(*std::move(judged->outcome.boot));
  }
  out.challenge_ = {{1}, crypto::make_nonce(), routine_selection(), appraisal::logs_wanted::whole};
  const auto spki = machine.tls_key().pub().spki();
  out.channel_ = {machine.id(), crypto::make_nonce(), crypto::sha256(spki)};
  const order asked{1, out.challenge_.nonce, routine_selection(), false, 0};
  const auto frames =
      evidence(machine, asked, {spki, {}, out.channel_.exporter}, {what.boot_log, {}, 0, values->quoted});
  if (!frames) return frames.fault();
  const auto first = frame::copy_of(frames->front());
  const auto parsed = parse_view<wire::AgentFrame>(first);
  if (!parsed) return parsed.fault();
  parsed->read([&](wire::AgentFrame::Reader in) {
    const auto part0 = in.getEvidence();
    out.manifest_ = frame::copy_of(bytes_of(part0.getManifest()));
    out.attest_ = to_bytes(bytes_of(part0.getAttest()));
    out.signature_ = to_bytes(bytes_of(part0.getSignature()));
  });
  out.hints_ = values->hints;
  out.boot_parts_ = parts_of(what.boot_log);
  out.ima_parts_ = parts_of(what.ima_log);
  out.size_ = what.boot_log.size() + what.ima_log.size();
  return out;
}

result<whole_attestation::judged> whole_attestation::run(const judges& by) const {
  judged out;
  const auto start = thread_time();
  {
    appraisal::running_attestation work{
        {challenge_, channel_, ak_, recorded_, by.reference, by.policy, {}, nullptr, {1, 2}}};
    work.take_part0(manifest_, attest_, signature_, hints_);
    for (const auto& part : boot_parts_)
      work.take_log_part(appraisal::log_kind::boot, part);
    for (const auto& part : ima_parts_)
      work.take_log_part(appraisal::log_kind::ima, part);
    auto outcome = std::move(work).finish();
    auto decided = appraisal::conclude(
        {}, std::move(outcome.findings), outcome.what, outcome.unlisted,
        {endorsement::vendor, by.policy.get(),
         by.reference == nullptr ? appraisal::reference_state::absent : appraisal::reference_state::present});
    appraisal::result_content content;
    content.node = channel_.node;
    content.verdict = decided.verdict;
    content.findings = std::move(decided.kept.findings);
    if (!content.findings.empty()) out.first = content.findings.front().sentence;
    out.record_size = appraisal::to_record(content).content().size();
    out.listed = content.findings.size();
    out.outcome = std::move(outcome);
  }
  out.spent = thread_time() - start;
  if (out.outcome.end != appraisal::attestation_end::verified)
    return fault{errc::internal,
                 "the evidence does not verify: " + (out.first.empty() ? out.outcome.reason : out.first)};
  return out;
}

} // namespace muster::bench
