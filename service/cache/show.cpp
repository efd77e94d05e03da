#include "service/cache/show.hpp"

#include "appraisal/verdict/findings_mark.hpp"
#include "crypto/certificate.hpp"
#include "crypto/digest.hpp"
#include "messages/build.hpp"
#include "messages/time_text.hpp"
#include "messages/view.hpp"
#include "records/rest_words.hpp"
#include "schemas/wire.capnp.h"
#include "settings/scalar.hpp"

#include <array>

namespace muster::service {

namespace {

/// Calls `body` with the machine's own claims about itself, if they parse.
template <class Body> void with_facts(const known_node& known, Body&& body) {
  const auto& facts =
      known.node.candidate && known.node.facts.empty() ? known.node.candidate->facts : known.node.facts;
  const auto parsed = parse_view<wire::MachineFacts>(frame::copy_of(facts));
  if (parsed) parsed->read([&](wire::MachineFacts::Reader in) { body(in); });
}

std::string fact(capnp::Text::Reader in) { return printable(text_of(in), 128); }

void put_measured_boot(rest::NodeDetail::MeasuredBoot::Builder out, wire::MeasuredBoot::Reader in) {
  out.setTpm(text_of(fact(in.getTpm())));
  out.setEventLog(in.getEventLog());
  out.setImaPolicy(text_of(fact(in.getImaPolicy())));
  out.setSecureBoot(text_of(fact(in.getSecureBoot())));
  const auto n = std::min<unsigned>(in.getBanks().size(), 16);
  auto list = out.initBanks(n);
  for (unsigned i = 0; i < n; ++i) {
    const auto known = hash_algorithm_from(in.getBanks()[i]);
    list.set(i, text_of(known ? std::string{to_string(*known)} : "unknown"));
  }
}

void put_tuning(rest::NodeDetail::Tuning::Builder out, const tuning& set) {
  if (set.beat.count() != 0) out.setBeat(text_of(settings::to_string(set.beat)));
  if (set.jitter.count() != 0) out.setJitter(text_of(settings::to_string(set.jitter)));
  out.setLogLevel(text_of(set.log_level));
}

void put_facts(rest::NodeDetail::Builder out, wire::MachineFacts::Reader in) {
  out.setOperatingSystem(text_of(fact(in.getOperatingSystem())));
  out.setKernel(text_of(fact(in.getKernel())));
  out.setProduct(text_of(fact(in.getProduct())));
  out.setFirmware(text_of(fact(in.getFirmware())));
  out.setArchitecture(text_of(fact(in.getArchitecture())));
  out.setNodeKeyHome(text_of(fact(in.getNodeKeyHome())));
  put_measured_boot(out.initMeasuredBoot(), in.getMeasuredBoot());
  const auto advice = in.getMeasuredBoot().getAdvice();
  const auto n = std::min<unsigned>(advice.size(), 16);
  auto list = out.initAdvice(n);
  for (unsigned i = 0; i < n; ++i)
    list.set(i, text_of(printable(text_of(advice[i]), 256)));
}

/// What an operator may have to deny, with the digests that name it in a denial. A certificate that cannot be
/// read is left out.
void put_certificates(rest::NodeDetail::Builder out, const node_record& node) {
  const auto& chain = node.candidate && node.ek_chain.empty() ? node.candidate->ek_chain : node.ek_chain;
  std::vector<crypto::certificate> read;
  for (const auto& one : chain)
    if (auto parsed = crypto::certificate::from_padded_der(one)) read.push_back(*std::move(parsed));
  auto list = out.initCertificates(static_cast<unsigned>(read.size()));
  for (unsigned i = 0; i < read.size(); ++i) {
    list[i].setDigest(text_of(to_hex(crypto::sha256(read[i].der()))));
    list[i].setKey(text_of(to_hex(crypto::sha256(read[i].fields().spki))));
    list[i].setSubject(text_of(printable(read[i].fields().subject, 256)));
    list[i].setCa(read[i].fields().is_ca);
  }
}

freshness freshness_now(const known_node& known, const moment& now) {
  const bool counts =
      known.records == records_trust::intact && known.state.lease.after_loss == known.after_loss;
  return counts ? freshness_of(known.state.lease, now) : freshness::stale;
}

std::uint32_t weighty(const node_state& state) {
  std::uint32_t out = 0;
  for (const auto& one : state.findings)
    out += one.level == severity::note ? 0 : 1;
  return out;
}

/// PCRs that the quote shows as the boot log left them say nothing more than the log.
void put_after_log(rest::NodeDetail::Builder out, const node_state& state) {
  if (!state.after_log) return;
  auto extended = out.initAfterLog(static_cast<unsigned>(state.after_log->size()));
  for (unsigned i = 0; i < state.after_log->size(); ++i) {
    const auto& one = (*state.after_log)[i];
    extended[i].setPcr(one.pcr);
    const auto* path = one.phases();
    if (path == nullptr) continue;
    auto words = extended[i].initPhases(static_cast<unsigned>(path->phases().size()));
    for (unsigned w = 0; w < path->phases().size(); ++w)
      words.set(w, text_of(std::string{tpm::to_string(path->phases()[w])}));
  }
}

} // namespace

display display_of(const known_node& known, const moment& now) {
  return shown_as(known.node.standing, known.state.verdict, freshness_now(known, now));
}

void put_node(rest::Node::Builder out, const known_node& known, const moment& now) {
  const auto& node = known.node;
  const auto& state = known.state;
  const auto fresh = freshness_now(known, now);
  const auto shown = display_of(known, now);
  out.setId(text_of(to_string(node.id)));
  out.setName(text_of(node.name));
  out.setGroup(text_of(node.group));
  out.setShown(text_of(std::string{to_string(shown)}));
  out.setVerdict(text_of(std::string{to_string(state.verdict)}));
  out.setFreshness(text_of(std::string{to_string(fresh)}));
  out.setStanding(text_of(std::string{to_string(node.standing)}));
  out.setSince(text_of(rfc3339(state.since)));
  out.setAttested(text_of(rfc3339(state.attested)));
  // Of the words shown, only these two expire by themselves.
  if (shown == display::trusted || shown == display::warning)
    out.setValidUntil(text_of(rfc3339(state.valid_until)));
  out.setConnected(known.session == presence::connected);
  out.setFindings(weighty(state));
  const auto level =
      node.standing == standing::pending && node.candidate ? node.candidate->level : node.level;
  out.setEndorsement(text_of(std::string{to_string(level)}));
  out.setAdmittedBy(text_of(node.admitted_by));
  with_facts(known, [&](wire::MachineFacts::Reader in) { out.setHostname(text_of(fact(in.getHostname()))); });
  if (node.candidate && node.candidate->approved_fingerprint)
    out.setApprovedBy(text_of(node.candidate->approved_by));
  if (node.candidate)
    out.setFingerprint(text_of(to_hex(
        fingerprint_of(node.candidate->ek_public, node.candidate->ak_public, node.candidate->node_spki))));
  if (!known.unable.why.empty()) {
    out.setUnable(text_of(known.unable.why));
    out.setUnableSince(text_of(rfc3339(known.unable.since)));
  }
}

void put_detail(rest::NodeDetail::Builder out, const known_node& known, const moment& now) {
  const auto& state = known.state;
  put_node(out.initNode(), known, now);
  auto findings = out.initFindings(static_cast<unsigned>(state.findings.size()));
  for (unsigned i = 0; i < state.findings.size(); ++i)
    put_finding(findings[i], state.findings[i]);
  out.setFindingsTotal(state.findings_total);
  if (!state.findings.empty()) out.setListed(text_of(appraisal::mark_of(state.findings)));
  out.setGeneration(known.node.generation.value);
  out.setAttestation(state.number.value);
  if (state.boot) out.setBootId(text_of(to_string(*state.boot)));
  out.setResetCount(state.reset_count);
  out.setRestartCount(state.restart_count);
  out.setImaEntries(state.ima_count);
  out.setImaDistinct(known.measurements);
  out.setPassedOver(state.skipped);
  out.setOwesWholeLogs(state.owes_whole_logs);
  auto pcrs = out.initPcrs(static_cast<unsigned>(state.pcrs.size()));
  for (unsigned i = 0; i < state.pcrs.size(); ++i) {
    pcrs[i].setBank(text_of(std::string{to_string(state.pcrs[i].algorithm)}));
    pcrs[i].setIndex(state.pcrs[i].index);
    pcrs[i].setValue(text_of(to_hex(state.pcrs[i].value.view())));
  }
  put_after_log(out, state);
  put_certificates(out, known.node);
  if (state.reference) out.setReference(text_of(to_hex(*state.reference)));
  if (state.policy) out.setPolicy(text_of(to_hex(*state.policy)));
  with_facts(known, [&](wire::MachineFacts::Reader in) { put_facts(out, in); });
  if (known.node.tuning != tuning{}) put_tuning(out.initTuning(), known.node.tuning);
  out.setCertificateSerial(text_of(to_hex(known.node.certificate_serial)));
  out.setCertificateNotAfter(text_of(rfc3339(known.node.certificate_not_after)));
  out.setSequence(state.result.value);
  out.setRolledBack(known.records == records_trust::rolled_back);
  if (known.unvouched) {
    out.setUnvouched(text_of(printable(known.unvouched->why, 512)));
    out.setUnvouchedRemedy(text_of(known.unvouched->remedy));
  }
  if (known.node.standing != standing::revoked) return;
  out.setRevoked(text_of(rfc3339(known.node.revoked)));
  out.setRevokedBy(text_of(known.node.revoked_by));
  out.setRevokedReason(text_of(printable(known.node.revoked_reason, 256)));
}

} // namespace muster::service
