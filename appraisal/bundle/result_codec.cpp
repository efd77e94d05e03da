#include "appraisal/bundle/result_codec.hpp"

#include "appraisal/claims/field_codec.hpp"

namespace muster::appraisal {

namespace {

constexpr std::uint16_t result_version = 1;

bytes32 exactly32(const char* field, capnp::Data::Reader in, field_check& check) {
  const auto out = check.digest32(field, in);
  if (!out) check.fail(field, "is missing");
  return out.value_or(bytes32{});
}

std::string shown(const finding& f) { return f.check + " of " + f.subject; }

std::string first_difference(const std::vector<finding>& a, const std::vector<finding>& b) {
  const auto [left, right] = std::ranges::mismatch(a, b);
  if (left != a.end() && right != b.end()) return shown(*left) + " against " + shown(*right);
  return left != a.end() ? shown(*left) + " is only in the first" : shown(*right) + " is only in the second";
}

} // namespace

void put_evidence(records::Evidence::Builder out, const kept_evidence& in) {
  out.setManifest(data_of(in.manifest));
  out.setAttest(data_of(in.attest));
  out.setSignature(data_of(in.signature));
  auto pcrs = out.initPcrs(static_cast<unsigned>(in.pcrs.size()));
  for (unsigned i = 0; i < in.pcrs.size(); ++i)
    put_pcr(pcrs[i], in.pcrs[i]);
  out.setNonce(data_of(in.nonce));
  out.setExporter(data_of(in.exporter));
  out.setNodeSpki(data_of(in.node_spki));
  out.setAkPublic(data_of(in.ak_public));
}

kept_evidence read_evidence(records::Evidence::Reader in, field_check& check) {
  kept_evidence out;
  out.manifest = to_bytes(bytes_of(in.getManifest()));
  out.attest = to_bytes(bytes_of(in.getAttest()));
  out.signature = to_bytes(bytes_of(in.getSignature()));
  for (const auto one : in.getPcrs())
    out.pcrs.push_back(read_pcr(one, check));
  out.nonce = exactly32("nonce", in.getNonce(), check);
  out.exporter = exactly32("exporter", in.getExporter(), check);
  out.node_spki = to_bytes(bytes_of(in.getNodeSpki()));
  out.ak_public = to_bytes(bytes_of(in.getAkPublic()));
  return out;
}

record<records::Result> to_record(const result_content& in) {
  return make_record<records::Result>([&](records::Result::Builder out) {
    out.setVersion(result_version);
    out.setNode(data_of(in.node.raw));
    out.setGeneration(in.generation.value);
    out.setEpoch(in.epoch.value);
    out.setNumber(in.number.value);
    out.setVerdict(static_cast<std::uint8_t>(in.verdict));
    out.setDecidedMs(in.decided.milliseconds);
    auto findings = out.initFindings(static_cast<unsigned>(in.findings.size()));
    for (unsigned i = 0; i < in.findings.size(); ++i)
      put_finding(findings[i], in.findings[i]);
    if (in.evidence) put_evidence(out.initEvidence(), *in.evidence);
    if (in.reference) out.setReferenceDigest(data_of(*in.reference));
    if (in.staged) out.setStagedDigest(data_of(*in.staged));
    if (in.policy) out.setPolicyDigest(data_of(*in.policy));
    out.setEndorsement(static_cast<std::uint8_t>(in.vouched_by));
    out.setLog(in.log);
  });
}

result<result_content> result_from(const view<records::Result>& stored) {
  return stored.read([](records::Result::Reader in) -> result<result_content> {
    field_check check{"result record"};
    check.version(in.getVersion(), result_version);
    result_content out;
    out.node.raw = exactly32("node", in.getNode(), check);
    out.generation = {in.getGeneration()};
    out.epoch = {in.getEpoch()};
    out.number = {in.getNumber()};
    out.verdict = check.value<verdict>("verdict", in.getVerdict());
    out.decided = {in.getDecidedMs()};
    for (const auto one : in.getFindings())
      out.findings.push_back(read_finding(one, check));
    if (in.hasEvidence())
      out.evidence = std::make_shared<const kept_evidence>(read_evidence(in.getEvidence(), check));
    out.reference = check.digest32("referenceDigest", in.getReferenceDigest());
    out.staged = check.digest32("stagedDigest", in.getStagedDigest());
    out.policy = check.digest32("policyDigest", in.getPolicyDigest());
    out.vouched_by = check.value<endorsement>("endorsement", in.getEndorsement());
    out.log = in.getLog();
    return check.done(std::move(out));
  });
}

std::vector<std::string> differences(const result_content& a, const result_content& b) {
  std::vector<std::string> out;
  const auto compare = [&](const char* field, const auto& left, const auto& right) {
    if (!(left == right)) out.emplace_back(field);
  };
  compare("node", a.node, b.node);
  compare("generation", a.generation, b.generation);
  compare("epoch", a.epoch, b.epoch);
  compare("number", a.number, b.number);
  if (a.verdict != b.verdict)
    out.push_back("verdict: " + std::string{to_string(a.verdict)} + " against "
                  + std::string{to_string(b.verdict)});
  compare("decidedMs", a.decided, b.decided);
  if (a.findings != b.findings) out.push_back("findings: " + first_difference(a.findings, b.findings));
  const bool both = a.evidence && b.evidence;
  if (both ? !(*a.evidence == *b.evidence) : a.evidence != b.evidence) out.emplace_back("evidence");
  compare("referenceDigest", a.reference, b.reference);
  compare("stagedDigest", a.staged, b.staged);
  compare("policyDigest", a.policy, b.policy);
  compare("endorsement", a.vouched_by, b.vouched_by);
  compare("log", a.log, b.log);
  return out;
}

} // namespace muster::appraisal
