// The proof of an enrolment (docs/protocol.md 2): this EK, this AK and this node key are in one machine, the
// one at the other end of this TLS session.
#pragma once

#include "tpm/evidence/credential.hpp"
#include "tpm/evidence/quote.hpp"

namespace muster::tpm {

/// What the transcript binds in addition to the keys. Each side takes it from its own end of the TLS session.
struct enrolment_session {
  bytes node_spki;        ///< SubjectPublicKeyInfo (DER) of the node's TLS key
  bytes32 service_spki{}; ///< SHA-256 of the SubjectPublicKeyInfo of the service's TLS key
  bytes32 exporter{};     ///< RFC 9266
  bytes32 facts_digest{}; ///< SHA-256 of the machine facts as sent
  bytes32 nonce{};        ///< fresh, from the service
};

/// T = SHA-256("muster/enrol/1\0" || SHA-256(EK TPMT_PUBLIC) || u16 length of AK Name || AK Name
///             || SHA-256(node SPKI) || SHA-256(service SPKI) || exporter || SHA-256(facts) || nonce)
/// (docs/protocol.md 2.3). `ek` is the node id, which is the first of these digests.
bytes32 enrolment_transcript(const node_id& ek, byte_view ak_name, const enrolment_session& session);

/// HMAC-SHA-256(secret, T): the agent's answer.
crypto::digest enrolment_proof(const crypto::secret& secret, const bytes32& transcript);

/// The selection of the quote that comes with the proof: sha256:0. The value of that PCR is not appraised.
pcr_selection enrolment_selection();

/// SHA-256(EK TPMT_PUBLIC || AK TPMT_PUBLIC || node SPKI): what an operator approves (docs/protocol.md 2.4).
bytes32 enrolment_fingerprint(const public_area& ek, const public_area& ak, byte_view node_spki);

/// A newcomer that proved to be one machine and now waits for admission. Only `verify_enrolment` makes one.
/// Nothing here says that the TPM is genuine: admission decides that.
class proven_candidate {
public:
  const node_id& id() const noexcept { return ek_.id(); }
  const ek_public& ek() const noexcept { return ek_; }
  const trusted_ak& ak() const noexcept { return ak_; }
  const bytes& ak_name() const noexcept { return ak_.ak().name(); }
  const bytes& node_spki() const noexcept { return node_spki_; }
  const bytes32& facts_digest() const noexcept { return facts_digest_; }
  const bytes32& fingerprint() const noexcept { return fingerprint_; }
  /// Counters of the quote: the first ones on record for this AK.
  const clock_info& clock() const noexcept { return clock_; }

private:
  friend result<proven_candidate> verify_enrolment(const ek_public& ek, const ak_public& ak,
                                                   const enrolment_session& session,
                                                   const crypto::secret& secret, byte_view proof,
                                                   const signed_attest& quote);
  proven_candidate(ek_public ek, trusted_ak ak, const enrolment_session& session, const clock_info& clock);

  ek_public ek_;
  trusted_ak ak_;
  bytes node_spki_;
  bytes32 facts_digest_;
  bytes32 fingerprint_;
  clock_info clock_;
};

/// Verifies the answer to an enrolment challenge. Checks, in this order:
///   1. `proof` is the HMAC of the transcript under the secret that only the TPM with `ek` and `ak` can read
///   2. `quote` is by `ak`, an endorsement primary, over sha256:0, with the transcript as qualifying data
/// Caller: `secret` was sealed for `ek` and `ak.name()` in this very session, and is discarded after this
/// call whatever the result. Faults as `trust_activated_ak` and `verify_quote`.
result<proven_candidate> verify_enrolment(const ek_public& ek, const ak_public& ak,
                                          const enrolment_session& session, const crypto::secret& secret,
                                          byte_view proof, const signed_attest& quote);

} // namespace muster::tpm
