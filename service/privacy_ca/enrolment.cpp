#include "service/privacy_ca/enrolment.hpp"

#include "records/join_token.hpp"
#include "tpm/evidence/credential.hpp"
#include "tpm/evidence/enrolment.hpp"

namespace muster::service {

namespace {

constexpr std::size_t max_certificates = 8;
constexpr std::size_t max_facts = 16 * 1024;

template <class T> result<T> parse_form(byte_view area, result<T> (*verify)(tpm::public_area)) {
  auto parsed = tpm::parse_public_area(area);
  if (!parsed) return parsed.fault();
  return verify(std::move(*parsed));
}

} // namespace

result<enrolment_challenge> make_enrolment_challenge(const enrolment_request& request,
                                                     const vendor_trust& vendors, wall_time now) {
  if (request.facts.size() > max_facts) return fault{errc::limit, "enrolment: facts are over 16 KiB"};
  auto ek = parse_form<tpm::ek_public>(request.ek_public, tpm::verify_ek_form);
  if (!ek) return ek.fault();
  auto ak = parse_form<tpm::ak_public>(request.ak_public, tpm::verify_ak_form);
  if (!ak) return ak.fault();
  if (request.ek_certificates.size() > max_certificates)
    return fault{errc::limit, "enrolment: more than 8 EK certificates"};
  auto vouched = vouch(request.ek_certificates, *ek, vendors, now);
  if (!vouched) return vouched.fault();
  if (vouched->denied)
    return fault{errc::denied, "enrolment: this machine's EK is denied: " + vouched->doubt};

  std::optional<bytes32> token;
  if (!request.token.empty()) token = join_token_digest(request.token);
  auto secret = crypto::make_secret(tpm::enrolment_secret_size);
  auto sealed = tpm::make_credential(*ek, ak->name(), secret);
  if (!sealed) return sealed.fault();
  enrolment_challenge out;
  out.credential_blob = std::move(sealed->id_object);
  out.encrypted_secret = std::move(sealed->encrypted_secret);
  out.nonce = crypto::make_nonce();
  out.pending = std::make_shared<enrolment_in_progress>(std::move(*ek), std::move(*ak), std::move(secret),
                                                        out.nonce, request.facts, request.ek_certificates,
                                                        *std::move(vouched), token);
  return out;
}

result<proven_machine> verify_enrolment_proof(enrolment_in_progress& pending,
                                              const enrolment_channel& channel,
                                              const enrolment_proof& proof) {
  const auto secret = pending.take_secret();
  const tpm::enrolment_session session{channel.node_spki, crypto::sha256(channel.service_spki),
                                       channel.exporter, crypto::sha256(pending.facts()), pending.nonce()};
  const auto proven = tpm::verify_enrolment(pending.ek(), pending.ak(), session, secret, proof.hmac,
                                            {proof.attest, proof.signature});
  if (!proven) return proven.fault();
  proven_machine out;
  out.id = proven->id();
  out.ek_public = to_bytes(pending.ek().area().raw());
  out.ak_public = to_bytes(pending.ak().area().raw());
  out.node_spki = channel.node_spki;
  out.facts = pending.facts();
  out.ek_chain = pending.ek_chain();
  out.level = pending.vouched().level;
  out.source = channel.source;
  out.token = pending.token();
  return out;
}

} // namespace muster::service
