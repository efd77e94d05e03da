#include "protocol/enrolment_protocol.hpp"

#include "messages/build.hpp"
#include "messages/view.hpp"
#include "protocol/hello.hpp"
#include "protocol/wire_fault.hpp"
#include "schemas/wire.capnp.h"

namespace muster::service {

namespace {

constexpr unsigned max_certificates = 8;

fault too_late() { return {errc::expired, "enrolment: no proof within 60 s of the challenge; try again"}; }

result<std::shared_ptr<const enrolment_request>> read_request(wire::EnrolRequest::Reader in) {
  auto out = std::make_shared<enrolment_request>();
  if (in.getEkCertificates().size() > max_certificates)
    return fault{errc::limit, "request: more than 8 EK certificates"};
  for (const auto one : in.getEkCertificates())
    out->ek_certificates.push_back(to_bytes(bytes_of(one)));
  out->ek_public = to_bytes(bytes_of(in.getEkPublic()));
  out->ak_public = to_bytes(bytes_of(in.getAkPublic()));
  out->facts = to_bytes(bytes_of(in.getFacts()));
  out->token = to_bytes(bytes_of(in.getToken()));
  if (!out->token.empty() && out->token.size() != 32)
    return fault{errc::malformed, "request: token is not 32 bytes"};
  return std::shared_ptr<const enrolment_request>{std::move(out)};
}

enrolment_proof read_proof(wire::EnrolProof::Reader in) {
  return {to_bytes(bytes_of(in.getHmac())), to_bytes(bytes_of(in.getAttest())),
          to_bytes(bytes_of(in.getSignature()))};
}

} // namespace

enrolment_effects enrolment_protocol::end(const fault& why, std::chrono::milliseconds retry_after) {
  step_ = step::over;
  pending_.reset();
  enrolment_effects out;
  out.send.push_back(build<wire::EnrolmentFrame>([&](auto frame) {
    put_fault(frame.initFault(), why, static_cast<std::uint32_t>(retry_after.count()));
  }));
  out.close = true;
  return out;
}

enrolment_effects enrolment_protocol::on_refused(const fault& why, std::chrono::milliseconds retry_after) {
  return step_ == step::over ? enrolment_effects{} : end(why, retry_after);
}

enrolment_effects enrolment_protocol::on_tick(boot_time now) {
  if (step_ == step::over) return {};
  if (secret_is_over(now)) return end(too_late());
  const bool first = !began_;
  if (first) began_ = now;
  const std::chrono::milliseconds passed{now.milliseconds - began_->milliseconds};
  const bool asks_yet = step_ == step::hello || step_ == step::request;
  if (passed >= enrolment_deadline || (asks_yet && passed >= enrolment_request_deadline))
    return end({errc::limit, "enrolment: it took too long; try again"});
  enrolment_effects out;
  if (first) out.wake = enrolment_request_deadline;
  // Once only: the secret has a wake-up of its own.
  if (!first && !asked_in_time_ && passed >= enrolment_request_deadline) {
    asked_in_time_ = true;
    out.wake = enrolment_deadline - passed;
  }
  return out;
}

/// Any stranger gets the lists: they are not secret, and a machine that takes no server any more has no other
/// way to the newest list.
enrolment_effects enrolment_protocol::greet(std::uint64_t has) {
  enrolment_effects out;
  const auto newest = trust_ ? newest_of(*trust_) : 0;
  out.send.push_back(build<wire::EnrolmentFrame>([&](wire::EnrolmentFrame::Builder frame) {
    put_hello(frame.initHello(), max_frame_, opened_);
    frame.getHello().setTrust(newest);
  }));
  if (newest < has) out.ahead = has;
  if (newest <= has) return out;
  const auto lists = newer_than(*trust_, has);
  out.send.push_back(build<wire::EnrolmentFrame>([&](wire::EnrolmentFrame::Builder frame) {
    put_trust(frame.initTrust(static_cast<unsigned>(lists.size())), lists);
  }));
  return out;
}

enrolment_effects enrolment_protocol::on_frame(const frame& received, boot_time now) {
  if (step_ == step::over) return {};
  if (secret_is_over(now)) return end(too_late());
  const auto parsed = parse_view<wire::StrangerFrame>(received);
  if (!parsed) return end(parsed.fault());
  return parsed->read([&](wire::StrangerFrame::Reader in) -> enrolment_effects {
    enrolment_effects out;
    if (step_ == step::hello && in.isHello()) {
      const auto hello = read_hello(in.getHello());
      if (!hello) return end(hello.fault());
      step_ = step::request;
      return greet(hello->trust);
    }
    if (step_ == step::request && in.isRequest()) {
      auto request = read_request(in.getRequest());
      if (!request) return end(request.fault());
      out.ask = enrolment_effects::ask_begin{std::move(*request)};
      step_ = step::beginning;
      return out;
    }
    if (step_ == step::proof && in.isProof()) {
      out.ask = enrolment_effects::ask_prove{std::move(pending_), channel_, read_proof(in.getProof())};
      pending_.reset();
      step_ = step::proving;
      return out;
    }
    return end({errc::malformed, "enrolment: a frame out of turn"});
  });
}

enrolment_effects enrolment_protocol::on_begun(result<enrolment_challenge> answer, boot_time now) {
  if (step_ != step::beginning) return {};
  if (!answer) return end(answer.fault());
  pending_ = std::move(answer->pending);
  step_ = step::proof;
  secret_ends_ = {now.milliseconds + static_cast<std::uint64_t>(enrolment_secret_lifetime.count())};
  enrolment_effects out;
  out.wake = enrolment_secret_lifetime;
  out.send.push_back(build<wire::EnrolmentFrame>([&](auto frame) {
    auto challenge = frame.initChallenge();
    challenge.setCredentialBlob(data_of(answer->credential_blob));
    challenge.setEncryptedSecret(data_of(answer->encrypted_secret));
    challenge.setNonce(data_of(answer->nonce));
  }));
  return out;
}

enrolment_effects enrolment_protocol::on_proven(result<proven_machine> answer) {
  if (step_ != step::proving) return {};
  if (!answer) return end(answer.fault());
  machine_ = std::move(*answer);
  step_ = step::admitting;
  enrolment_effects out;
  out.ask = enrolment_effects::ask_admit{machine_};
  return out;
}

enrolment_effects enrolment_protocol::on_admitted(muster::generation as) {
  if (step_ != step::admitting) return {};
  step_ = step::issuing;
  enrolment_effects out;
  out.ask = enrolment_effects::ask_issue{machine_, as};
  return out;
}

enrolment_effects enrolment_protocol::on_pending(const bytes32& fingerprint, join_refusal token) {
  if (step_ != step::admitting) return {};
  step_ = step::over;
  enrolment_effects out;
  out.send.push_back(build<wire::EnrolmentFrame>([&](auto frame) {
    auto pending = frame.initPending();
    pending.setFingerprint(data_of(fingerprint));
    pending.setRetryAfterMs(static_cast<std::uint32_t>(pending_retry_.count()));
    pending.setToken(static_cast<std::uint8_t>(token));
  }));
  out.close = true;
  return out;
}

enrolment_effects enrolment_protocol::on_issued(const result<issued_certificates>& answer) {
  if (step_ != step::issuing) return {};
  if (!answer) return end(answer.fault());
  step_ = step::over;
  enrolment_effects out;
  out.send.push_back(build<wire::EnrolmentFrame>([&](auto frame) {
    auto admitted = frame.initAdmitted();
    admitted.setNodeCertificate(data_of(answer->node_certificate));
    auto chain = admitted.initNodeChain(static_cast<unsigned>(answer->node_chain.size()));
    for (unsigned i = 0; i < answer->node_chain.size(); ++i)
      chain.set(i, data_of(answer->node_chain[i]));
    admitted.setAkCertificate(data_of(answer->ak_certificate));
  }));
  out.close = true;
  return out;
}

} // namespace muster::service
