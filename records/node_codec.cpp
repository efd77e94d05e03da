#include "records/field_codec.hpp"
#include "records/record_codec.hpp"

namespace muster::service {

namespace {

constexpr std::uint16_t node_version = 1;

void put_candidate(records::Candidate::Builder out, const candidate_record& in) {
  out.setEkPublic(data_of(in.ek_public));
  out.setAkPublic(data_of(in.ak_public));
  out.setNodeSpki(data_of(in.node_spki));
  out.setFacts(data_of(in.facts));
  out.setEndorsement(static_cast<std::uint8_t>(in.level));
  out.setSource(text_of(in.source));
  out.setSinceMs(in.since.milliseconds);
  out.setExpiresMs(in.expires.milliseconds);
  if (in.approved_fingerprint) out.setApprovedFingerprint(data_of(*in.approved_fingerprint));
  out.setApprovedBy(text_of(in.approved_by));
  out.setGroup(text_of(in.group));
  out.setName(text_of(in.name));
}

candidate_record read_candidate(records::Candidate::Reader in, field_check& check) {
  candidate_record out;
  out.ek_public = to_bytes(bytes_of(in.getEkPublic()));
  out.ak_public = to_bytes(bytes_of(in.getAkPublic()));
  out.node_spki = to_bytes(bytes_of(in.getNodeSpki()));
  out.facts = to_bytes(bytes_of(in.getFacts()));
  out.level = check.value("candidate.endorsement", in.getEndorsement(), endorsement::inventory);
  out.source = text_of(in.getSource());
  out.since = {in.getSinceMs()};
  out.expires = {in.getExpiresMs()};
  out.approved_fingerprint = check.digest32("candidate.approvedFingerprint", in.getApprovedFingerprint());
  out.approved_by = text_of(in.getApprovedBy());
  out.group = text_of(in.getGroup());
  out.name = text_of(in.getName());
  return out;
}

} // namespace

record<records::Node> to_record(const node_record& in) {
  return make_record<records::Node>([&](records::Node::Builder out) {
    out.setVersion(node_version);
    out.setStanding(static_cast<std::uint8_t>(in.standing));
    out.setGeneration(in.generation.value);
    out.setEkPublic(data_of(in.ek_public));
    out.setAkPublic(data_of(in.ak_public));
    out.setNodeSpki(data_of(in.node_spki));
    out.setEndorsement(static_cast<std::uint8_t>(in.level));
    out.setAdmittedBy(text_of(in.admitted_by));
    out.setAdmittedMs(in.admitted.milliseconds);
    out.setGroup(text_of(in.group));
    out.setName(text_of(in.name));
    out.setFacts(data_of(in.facts));
    out.setCertificateSerial(data_of(in.certificate_serial));
    out.setCertificateNotAfterMs(in.certificate_not_after.milliseconds);
    if (in.candidate) put_candidate(out.initCandidate(), *in.candidate);
    out.setRevokedMs(in.revoked.milliseconds);
    out.setRevokedBy(text_of(in.revoked_by));
    out.setRevokedReason(text_of(in.revoked_reason));
  });
}

result<node_record> node_from(const node_id& id, const view<records::Node>& stored) {
  return stored.read([&](records::Node::Reader in) -> result<node_record> {
    field_check check{"node record"};
    check.version(in.getVersion(), node_version);
    node_record out;
    out.id = id;
    out.standing = check.value("standing", in.getStanding(), standing::revoked);
    out.generation = {in.getGeneration()};
    out.ek_public = to_bytes(bytes_of(in.getEkPublic()));
    out.ak_public = to_bytes(bytes_of(in.getAkPublic()));
    out.node_spki = to_bytes(bytes_of(in.getNodeSpki()));
    out.level = check.value("endorsement", in.getEndorsement(), endorsement::inventory);
    out.admitted_by = text_of(in.getAdmittedBy());
    out.admitted = {in.getAdmittedMs()};
    out.group = text_of(in.getGroup());
    out.name = text_of(in.getName());
    out.facts = to_bytes(bytes_of(in.getFacts()));
    out.certificate_serial = to_bytes(bytes_of(in.getCertificateSerial()));
    out.certificate_not_after = {in.getCertificateNotAfterMs()};
    if (in.hasCandidate()) out.candidate = read_candidate(in.getCandidate(), check);
    out.revoked = {in.getRevokedMs()};
    out.revoked_by = text_of(in.getRevokedBy());
    out.revoked_reason = text_of(in.getRevokedReason());
    return check.done(std::move(out));
  });
}

} // namespace muster::service
