// The service's half of an enrolment (docs/protocol.md 2): request in, challenge out; proof in, proven
// machine out. Pure but for the secret and the nonce.
#pragma once

#include "crypto/secret.hpp"
#include "messages/vocabulary/result.hpp"
#include "records/enrolment.hpp"
#include "standing/vouching.hpp"
#include "tpm/evidence/ak.hpp"
#include "tpm/evidence/ek.hpp"

namespace muster::service {

class enrolment_in_progress {
public:
  enrolment_in_progress(tpm::ek_public ek, tpm::ak_public ak, crypto::secret secret, bytes32 nonce,
                        bytes facts, std::vector<bytes> ek_chain, vouching vouched,
                        std::optional<bytes32> token)
      : ek_{std::move(ek)}, ak_{std::move(ak)}, secret_{std::move(secret)}, nonce_{nonce},
        facts_{std::move(facts)}, ek_chain_{std::move(ek_chain)}, vouched_{std::move(vouched)}, token_{
                                                                                                    token} {}

  const tpm::ek_public& ek() const noexcept { return ek_; }
  const tpm::ak_public& ak() const noexcept { return ak_; }
  const bytes32& nonce() const noexcept { return nonce_; }
  const bytes& facts() const noexcept { return facts_; }
  const std::vector<bytes>& ek_chain() const noexcept { return ek_chain_; }
  const vouching& vouched() const noexcept { return vouched_; }
  /// Digest of the join token that came. The token itself is not kept.
  const std::optional<bytes32>& token() const noexcept { return token_; }
  /// Why a certificate that was sent vouches for nothing. Empty: none was sent, or it vouches for the EK.
  const std::string& doubt() const noexcept { return vouched_.doubt; }
  /// Gives the secret away, once: a second proof finds an empty secret and fails.
  crypto::secret take_secret() noexcept { return std::move(secret_); }

private:
  tpm::ek_public ek_;
  tpm::ak_public ak_;
  crypto::secret secret_;
  bytes32 nonce_;
  bytes facts_;
  std::vector<bytes> ek_chain_;
  vouching vouched_;
  std::optional<bytes32> token_;
};

/// Checks EK, AK and certificates, and makes a credential with a fresh secret for exactly (EK, AK Name):
///   1. the EK has the form of a TCG template, the AK that of an attestation key (docs/checks.md 3)
///   2. the first certificate's key is the EK's, else fault mismatch: two machines are mixed
///   3. a certificate that verifies (docs/checks.md 1) makes the level `vendor`; one that does not verify
///      vouches for nothing, and `doubt` says why
///   4. an EK that an operator or the vendor has denied is fault denied (standing/vouching.hpp)
/// Stores nothing. The answer holds the state that the proof is checked with.
result<enrolment_challenge> make_enrolment_challenge(const enrolment_request& request,
                                                     const vendor_trust& vendors, wall_time now);

/// Verifies the answer to a challenge (`tpm::verify_enrolment`) and uses up its secret, whether or not the
/// proof holds. Only this function makes a `proven_machine`.
result<proven_machine> verify_enrolment_proof(enrolment_in_progress& pending,
                                              const enrolment_channel& channel, const enrolment_proof& proof);

} // namespace muster::service
