#include "appraisal/bundle/bundle_codec.hpp"

#include "appraisal/claims/field_codec.hpp"
#include "crypto/merkle.hpp"

namespace muster::appraisal {

namespace {

constexpr const char* bundle_format = "muster evidence";

template <class Fill> frame make_part(Fill&& fill) {
  return frame::adopt(build<bundle::Part>([&](bundle::Part::Builder out) { fill(out); }));
}

constexpr unsigned max_ak_chain = 8;

void put_proof(bundle::LogProof::Builder out, const log_proof& in) {
  out.setHead(data_of(in.head));
  auto records = out.initRecords(static_cast<unsigned>(in.records.size()));
  for (unsigned i = 0; i < in.records.size(); ++i) {
    records[i].setLeaf(in.records[i].leaf);
    records[i].setEntry(data_of(in.records[i].entry));
    auto path = records[i].initPath(static_cast<unsigned>(in.records[i].path.size()));
    for (unsigned k = 0; k < in.records[i].path.size(); ++k)
      path.set(k, data_of(in.records[i].path[k]));
  }
}

log_proof read_proof(bundle::LogProof::Reader in, field_check& check) {
  log_proof out;
  out.head = to_bytes(bytes_of(in.getHead()));
  if (in.getRecords().size() > max_log_proof) {
    check.fail("log", "more than 4 records");
    return out;
  }
  for (const auto one : in.getRecords()) {
    auto& record = out.records.emplace_back();
    record.leaf = one.getLeaf();
    record.entry = to_bytes(bytes_of(one.getEntry()));
    if (one.getPath().size() > crypto::max_merkle_proof)
      check.fail("log", "a path longer than a tree is high");
    for (const auto hash : one.getPath())
      record.path.push_back(check.digest32("log", hash).value_or(bytes32{}));
  }
  return out;
}

void put_word(bundle::Header::Builder out, const bundle_header& in) {
  out.setEndorsement(static_cast<std::uint8_t>(in.vouched_by));
  out.setAdmittedBy(text_of(in.admitted_by));
  out.setName(text_of(in.name));
  out.setGroup(text_of(in.group));
  auto kept = out.initKept(static_cast<unsigned>(in.kept.size()));
  for (unsigned i = 0; i < in.kept.size(); ++i)
    put_finding(kept[i], in.kept[i]);
  out.setRecordedVerdict(static_cast<std::uint8_t>(in.recorded));
  out.setExportedMs(in.exported.milliseconds);
}

void read_word(bundle::Header::Reader in, bundle_header& out, field_check& check) {
  out.vouched_by = check.value<endorsement>("endorsement", in.getEndorsement());
  out.admitted_by = printable(text_of(in.getAdmittedBy()));
  out.name = printable(text_of(in.getName()));
  out.group = printable(text_of(in.getGroup()));
  for (const auto one : in.getKept()) {
    out.kept.push_back(read_finding(one, check));
    if (out.kept.back().kind == finding_kind::claim) check.fail("kept", "a finding that evidence must give");
  }
  if (out.kept.size() > 256) check.fail("kept", "more findings than a service keeps");
  out.recorded = check.value<verdict>("recordedVerdict", in.getRecordedVerdict());
  out.exported = {in.getExportedMs()};
}

} // namespace

frame header_part(const bundle_header& in) {
  return make_part([&](bundle::Part::Builder part) {
    auto out = part.initHeader();
    out.setFormat(bundle_format);
    out.setVersion(bundle::VERSION);
    out.setSoftware(text_of(in.software));
    out.setNode(data_of(in.node.raw));
    out.setEkPublic(data_of(in.ek_public));
    out.setGeneration(in.generation.value);
    out.setEpoch(in.epoch.value);
    out.setNumber(in.number.value);
    out.setDecidedMs(in.decided.milliseconds);
    put_evidence(out.initEvidence(), *in.evidence);
    out.setPolicyDigest(data_of(in.policy));
    auto references = out.initReferenceDigests(static_cast<unsigned>(in.references.size()));
    for (unsigned i = 0; i < in.references.size(); ++i)
      references.set(i, data_of(in.references[i]));
    put_word(out, in);
    out.setAkCertificate(data_of(in.ak_certificate));
    auto chain = out.initAkChain(static_cast<unsigned>(in.ak_chain.size()));
    for (unsigned i = 0; i < in.ak_chain.size(); ++i)
      chain.set(i, data_of(in.ak_chain[i]));
    if (in.log) put_proof(out.initLog(), *in.log);
  });
}

frame policy_part(byte_view record) {
  return make_part([&](auto part) { part.setPolicy(data_of(record)); });
}
frame reference_part(std::uint8_t set, byte_view piece) {
  return make_part([&](auto part) {
    auto out = part.initReference();
    out.setSet(set);
    out.setBody(data_of(piece));
  });
}
frame boot_log_part(byte_view piece) {
  return make_part([&](auto part) { part.setBootLog(data_of(piece)); });
}
frame ima_log_part(byte_view piece) {
  return make_part([&](auto part) { part.setImaLog(data_of(piece)); });
}
frame result_part(byte_view record) {
  return make_part([&](auto part) { part.setResult(data_of(record)); });
}
frame end_part(const bytes32& chain) {
  return make_part([&](auto part) { part.setEnd(data_of(chain)); });
}

result<bundle_header> header_from(bundle::Header::Reader in) {
  if (text_of(in.getFormat()) != bundle_format) return fault{errc::malformed, "format: this is not a bundle"};
  if (in.getVersion() == 0 || in.getVersion() > bundle::VERSION)
    return fault{errc::unsupported, "version: a newer program wrote this bundle; use muster of that release"};
  field_check check{"fields"};
  bundle_header out;
  out.software = printable(text_of(in.getSoftware()));
  const auto node = check.digest32("node", in.getNode());
  const auto policy = check.digest32("policyDigest", in.getPolicyDigest());
  if (!node || !policy || !in.hasEvidence()) check.fail("node, policyDigest or evidence", "is missing");
  out.node.raw = node.value_or(bytes32{});
  out.policy = policy.value_or(bytes32{});
  out.ek_public = to_bytes(bytes_of(in.getEkPublic()));
  out.generation = {in.getGeneration()};
  out.epoch = {in.getEpoch()};
  out.number = {in.getNumber()};
  out.decided = {in.getDecidedMs()};
  out.evidence = std::make_shared<const kept_evidence>(read_evidence(in.getEvidence(), check));
  for (const auto one : in.getReferenceDigests())
    if (const auto digest = check.digest32("referenceDigests", one)) out.references.push_back(*digest);
  if (out.references.size() > max_bundle_references) check.fail("referenceDigests", "more than a group has");
  read_word(in, out, check);
  out.ak_certificate = to_bytes(bytes_of(in.getAkCertificate()));
  if (in.getAkChain().size() > max_ak_chain) check.fail("akChain", "more than 8 certificates");
  for (const auto one : in.getAkChain())
    out.ak_chain.push_back(to_bytes(bytes_of(one)));
  if (in.hasLog()) out.log = read_proof(in.getLog(), check);
  if (auto good = check.done(true); !good) return good.fault();
  if (crypto::sha256(out.ek_public) != out.node.raw)
    return fault{errc::mismatch, "identity: the node id is not that of the EK"};
  return out;
}

} // namespace muster::appraisal
