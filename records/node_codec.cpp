#include "appraisal/claims/field_codec.hpp"
#include "records/record_codec.hpp"

namespace muster::service {

namespace {

constexpr std::uint16_t node_version = 1;

constexpr unsigned max_chain = 16;

template <class List> void put_chain(List out, const std::vector<bytes>& in) {
  for (unsigned i = 0; i < in.size(); ++i)
    out.set(i, data_of(in[i]));
}

std::vector<bytes> read_chain(const char* field, capnp::List<capnp::Data>::Reader in,
                              appraisal::field_check& check) {
  std::vector<bytes> out;
  if (in.size() > max_chain) {
    check.fail(field, "more than 16 certificates");
    return out;
  }
  for (const auto one : in)
    out.push_back(to_bytes(bytes_of(one)));
  return out;
}

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
  put_chain(out.initEkChain(static_cast<unsigned>(in.ek_chain.size())), in.ek_chain);
}

candidate_record read_candidate(records::Candidate::Reader in, appraisal::field_check& check) {
  candidate_record out;
  out.ek_public = to_bytes(bytes_of(in.getEkPublic()));
  out.ak_public = to_bytes(bytes_of(in.getAkPublic()));
  out.node_spki = to_bytes(bytes_of(in.getNodeSpki()));
  out.facts = to_bytes(bytes_of(in.getFacts()));
  out.level = check.value<endorsement>("candidate.endorsement", in.getEndorsement());
  out.source = text_of(in.getSource());
  out.since = {in.getSinceMs()};
  out.expires = {in.getExpiresMs()};
  out.approved_fingerprint = check.digest32("candidate.approvedFingerprint", in.getApprovedFingerprint());
  out.approved_by = text_of(in.getApprovedBy());
  out.group = text_of(in.getGroup());
  out.name = text_of(in.getName());
  out.ek_chain = read_chain("candidate.ekChain", in.getEkChain(), check);
  return out;
}

void put_tuning(records::Tuning::Builder out, const tuning& in) {
  out.setBeatMs(static_cast<std::uint32_t>(in.beat.count()));
  out.setJitterMs(static_cast<std::uint32_t>(in.jitter.count()));
  out.setLogLevel(text_of(in.log_level));
}

tuning read_tuning(records::Tuning::Reader in) {
  return {std::chrono::milliseconds{in.getBeatMs()}, std::chrono::milliseconds{in.getJitterMs()},
          std::string{text_of(in.getLogLevel())}};
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
    put_chain(out.initEkChain(static_cast<unsigned>(in.ek_chain.size())), in.ek_chain);
    out.setAdmissionLevel(static_cast<std::uint8_t>(in.admission_level));
    out.setDoubt(text_of(in.doubt));
    out.setDenied(in.denied);
    if (in.tuning != tuning{}) put_tuning(out.initTuning(), in.tuning);
  });
}

result<node_record> node_from(const node_id& id, const view<records::Node>& stored) {
  return stored.read([&](records::Node::Reader in) -> result<node_record> {
    appraisal::field_check check{"node record"};
    check.version(in.getVersion(), node_version);
    node_record out;
    out.id = id;
    out.standing = check.value<standing>("standing", in.getStanding());
    out.generation = {in.getGeneration()};
    out.ek_public = to_bytes(bytes_of(in.getEkPublic()));
    out.ak_public = to_bytes(bytes_of(in.getAkPublic()));
    out.node_spki = to_bytes(bytes_of(in.getNodeSpki()));
    out.level = check.value<endorsement>("endorsement", in.getEndorsement());
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
    out.ek_chain = read_chain("ekChain", in.getEkChain(), check);
    out.admission_level = check.value<endorsement>("admissionLevel", in.getAdmissionLevel());
    out.doubt = text_of(in.getDoubt());
    out.denied = in.getDenied();
    if (in.hasTuning()) out.tuning = read_tuning(in.getTuning());
    return check.done(std::move(out));
  });
}

record<records::AkCertificate> to_record(const ak_certificate_record& in) {
  return make_record<records::AkCertificate>([&](records::AkCertificate::Builder out) {
    out.setGeneration(in.generation.value);
    out.setCertificate(data_of(in.certificate));
    put_chain(out.initChain(static_cast<unsigned>(in.chain.size())), in.chain);
    out.setIssuedMs(in.issued.milliseconds);
  });
}

result<ak_certificate_record> ak_certificate_from(const view<records::AkCertificate>& stored) {
  return stored.read([](records::AkCertificate::Reader in) -> result<ak_certificate_record> {
    appraisal::field_check check{"certificate of an AK"};
    ak_certificate_record out;
    out.generation = {in.getGeneration()};
    out.certificate = to_bytes(bytes_of(in.getCertificate()));
    out.chain = read_chain("chain", in.getChain(), check);
    out.issued = {in.getIssuedMs()};
    return check.done(std::move(out));
  });
}

} // namespace muster::service
