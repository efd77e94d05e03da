#include "tpm/evidence/enrolment.hpp"

#include "messages/vocabulary/writer.hpp"

namespace muster::tpm {

bytes32 enrolment_transcript(const node_id& ek, byte_view ak_name, const enrolment_session& session) {
  writer out;
  out.label("muster/enrol/1").put(ek.raw).sized16(ak_name);
  out.put(crypto::sha256(session.node_spki)).put(session.service_spki).put(session.exporter);
  out.put(session.facts_digest).put(session.nonce);
  return crypto::sha256(out.view());
}

crypto::digest enrolment_proof(const crypto::secret& secret, const bytes32& transcript) {
  return crypto::hmac(hash_algorithm::sha256, secret.view(), {transcript});
}

pcr_selection enrolment_selection() {
  pcr_selection out;
  (void)out.add(hash_algorithm::sha256, pcr_mask(0, 0)); // the first bank always fits
  return out;
}

bytes32 enrolment_fingerprint(const public_area& ek, const public_area& ak, byte_view node_spki) {
  return crypto::sha256({ek.raw(), ak.raw(), node_spki});
}

proven_candidate::proven_candidate(ek_public ek, trusted_ak ak, const enrolment_session& session,
                                   const clock_info& clock)
    : ek_{std::move(ek)}, ak_{std::move(ak)}, node_spki_{session.node_spki},
      facts_digest_{session.facts_digest},
      fingerprint_{enrolment_fingerprint(ek_.area(), ak_.ak().area(), node_spki_)}, clock_{clock} {}

result<proven_candidate> verify_enrolment(const ek_public& ek, const ak_public& ak,
                                          const enrolment_session& session, const crypto::secret& secret,
                                          byte_view proof, const signed_attest& quote) {
  const auto transcript = enrolment_transcript(ek.id(), ak.name(), session);
  auto trusted = trust_activated_ak(ak, secret, transcript, proof);
  if (!trusted) return trusted.fault();
  const auto verified =
      verify_quote(quote, *trusted, binding{transcript}, enrolment_selection(), service_rules);
  if (!verified) return verified.fault();
  return proven_candidate{ek, *std::move(trusted), session, verified->clock()};
}

} // namespace muster::tpm
