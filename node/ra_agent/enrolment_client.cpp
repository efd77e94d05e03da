#include "node/ra_agent/enrolment_client.hpp"

#include "crypto/certificate.hpp"
#include "messages/build.hpp"
#include "messages/view.hpp"

namespace muster::node {

namespace {

constexpr std::size_t nonce_size = 32;

fault out_of_turn() { return {errc::malformed, "enrolment: the service sent a frame out of turn"}; }

/// The service's reason, in our own words.
std::string_view why_not(std::uint8_t reason) {
  switch (reason) {
  case 0: return "the service is older than join tokens, and did not look at this one";
  case 1:
    return "the join token was not accepted: it may be mistyped, expired, used up or revoked. `muster "
           "join-token "
           "list` shows which tokens are usable; to try another one, let the operator first forget this "
           "machine "
           "(muster node forget)";
  case 2:
    return "the join token was not looked at: it is only for machines that were never on record, and this "
           "one "
           "waits already or was admitted before. An operator approves it, or forgets it if it only waits";
  default: return "the join token did not count";
  }
}

} // namespace

enrolment_client::enrolment_client(enrolment_channel channel, std::shared_ptr<const machine_identity> machine,
                                   bytes token, std::uint64_t trust)
    : channel_{std::move(channel)}, machine_{std::move(machine)}, token_{std::move(token)}, trust_{trust} {}

node_id enrolment_client::id() const { return {crypto::sha256(machine_->ek_public)}; }

enrolment_effects enrolment_client::end(refusal why) {
  step_ = step::over;
  enrolment_effects out;
  out.then = std::move(why);
  return out;
}

enrolment_effects enrolment_client::start() {
  if (step_ != step::start) return {};
  step_ = step::hello;
  enrolment_effects out;
  out.send.push_back(
      build<wire::StrangerFrame>([&](auto frame) { put_stranger_hello(frame.initHello(), trust_); }));
  return out;
}

enrolment_effects enrolment_client::on_frame(const frame& received) {
  if (step_ == step::over) return {};
  const auto parsed = parse_view<wire::EnrolmentFrame>(received);
  if (!parsed) return end(refuse(parsed.fault()));
  return parsed->read([&](wire::EnrolmentFrame::Reader in) -> enrolment_effects {
    if (in.isFault()) return end(read_refusal(in.getFault()));
    if (step_ == step::hello && in.isHello()) {
      const auto same_major = check_hello(in.getHello());
      return same_major ? request() : end(refuse(same_major.fault()));
    }
    if (step_ == step::challenge && in.isTrust()) return take_trust(in.getTrust());
    if (step_ == step::challenge && in.isChallenge()) return challenged(in.getChallenge());
    if (step_ == step::verdict && in.isAdmitted()) return admit(in.getAdmitted());
    if (step_ == step::verdict && in.isPending()) return wait(in.getPending());
    return end(refuse(out_of_turn()));
  });
}

enrolment_effects enrolment_client::take_trust(capnp::List<capnp::Data>::Reader in) {
  auto lists = read_trust(in);
  if (!lists) return end(refuse(lists.fault()));
  enrolment_effects out;
  out.trust = std::move(*lists);
  return out;
}

enrolment_effects enrolment_client::request() {
  step_ = step::challenge;
  enrolment_effects out;
  out.send.push_back(build<wire::StrangerFrame>([&](wire::StrangerFrame::Builder frame) {
    auto request = frame.initRequest();
    auto certificates = request.initEkCertificates(static_cast<unsigned>(machine_->ek_certificates.size()));
    for (unsigned i = 0; i < machine_->ek_certificates.size(); ++i)
      certificates.set(i, data_of(machine_->ek_certificates[i]));
    request.setEkPublic(data_of(machine_->ek_public));
    request.setAkPublic(data_of(machine_->ak_public));
    request.setFacts(data_of(machine_->facts));
    request.setToken(data_of(token_));
  }));
  return out;
}

enrolment_effects enrolment_client::challenged(wire::EnrolChallenge::Reader in) {
  enrolment_question question;
  const auto nonce = bytes_of(in.getNonce());
  if (nonce.size() != nonce_size)
    return end(refuse({errc::malformed, "enrolment: the service's nonce is not 32 bytes"}));
  question.credential_blob = to_bytes(bytes_of(in.getCredentialBlob()));
  question.encrypted_secret = to_bytes(bytes_of(in.getEncryptedSecret()));
  question.session.node_spki = channel_.node_spki;
  question.session.service_spki = crypto::sha256(channel_.service_spki);
  question.session.exporter = channel_.exporter;
  question.session.facts_digest = crypto::sha256(machine_->facts);
  std::ranges::copy(nonce, question.session.nonce.begin());
  step_ = step::proving;
  enrolment_effects out;
  out.then = enrolment_effects::ask_prove{std::move(question)};
  return out;
}

enrolment_effects enrolment_client::on_answer(result<enrolment_answer> answer) {
  if (step_ != step::proving) return {};
  if (!answer) return end({wire::Fault::Code::INTERNAL, "the TPM: " + answer.fault().check, {}});
  step_ = step::verdict;
  enrolment_effects out;
  out.send.push_back(build<wire::StrangerFrame>([&](wire::StrangerFrame::Builder frame) {
    auto proof = frame.initProof();
    proof.setHmac(data_of(answer->hmac));
    proof.setAttest(data_of(answer->attest));
    proof.setSignature(data_of(answer->signature));
  }));
  return out;
}

enrolment_effects enrolment_client::admit(wire::Admitted::Reader in) {
  const auto issued = crypto::certificate::from_der(bytes_of(in.getNodeCertificate()));
  if (!issued) return end(refuse(issued.fault()));
  if (!same(issued->fields().spki, channel_.node_spki))
    return end(refuse({errc::mismatch, "enrolment: the certificate is for another key"}));
  if (in.getNodeChain().size() > max_chain)
    return end(refuse({errc::limit, "enrolment: more than 8 issuers"}));
  step_ = step::over;
  enrolment_effects::admitted result;
  result.id = id();
  result.issued.node_certificate = issued->der();
  for (const auto one : in.getNodeChain())
    result.issued.node_chain.push_back(to_bytes(bytes_of(one)));
  result.issued.ak_certificate = to_bytes(bytes_of(in.getAkCertificate()));
  enrolment_effects out;
  out.then = std::move(result);
  return out;
}

enrolment_effects enrolment_client::wait(wire::Pending::Reader in) {
  const auto own = crypto::sha256(
      {byte_view{machine_->ek_public}, byte_view{machine_->ak_public}, byte_view{channel_.node_spki}});
  if (!same(bytes_of(in.getFingerprint()), own))
    return end(
        refuse({errc::mismatch, "enrolment: the service waits for another fingerprint than this machine's"}));
  step_ = step::over;
  enrolment_effects out;
  out.then = enrolment_effects::pending{own, std::chrono::milliseconds{in.getRetryAfterMs()},
                                        token_.empty() ? std::string_view{} : why_not(in.getToken())};
  return out;
}

} // namespace muster::node
