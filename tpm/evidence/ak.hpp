// Attestation keys: what a signature of one is worth, and why.
#pragma once

#include "crypto/secret.hpp"
#include "tpm/format/public_area.hpp"

namespace muster::tpm {

/// An AK whose public area has the form that makes its signatures mean something: a genuine TPM that holds it
/// signs nothing with it but what the TPM itself made. Whether a genuine TPM holds it is a matter of trust:
/// see `trusted_ak`.
class ak_public {
public:
  const public_area& area() const noexcept { return area_; }
  const crypto::public_key& key() const noexcept { return key_; }
  const signing_scheme& scheme() const noexcept { return *area_.scheme(); }
  /// Computed here, from the bytes received: nameAlg || H(TPMT_PUBLIC).
  const bytes& name() const noexcept { return name_; }

private:
  friend result<ak_public> verify_ak_form(public_area area);
  ak_public(public_area area, crypto::public_key key);

  public_area area_;
  crypto::public_key key_;
  bytes name_;
};

/// Checks the form of an AK (docs/checks.md 3, docs/protocol.md 2.2):
///   1. attributes: restricted, sign, fixedTPM, fixedParent, sensitiveDataOrigin set; decrypt clear. An
///      unrestricted key of the same genuine TPM signs forged quotes.
///   2. neither name algorithm nor scheme is SHA-1
///   3. P-256 with ECDSA, or RSA-2048 with RSASSA or RSAPSS
///   4. the key is a key
/// fault denied for 1 and 2, unsupported for 3, malformed for 4.
result<ak_public> verify_ak_form(public_area area);

/// Why an AK is believed to be in a genuine TPM.
enum class ak_trust : std::uint8_t {
  activated, ///< the TPM of the EK activated a credential for this AK's Name, in this session
  recorded,  ///< as above, earlier; the record was kept by the service
  claimed    ///< a person says so, who reads evidence offline
};

/// An AK of which quotes can be believed. There are three ways to get one, each named below.
class trusted_ak {
public:
  const ak_public& ak() const noexcept { return ak_; }
  ak_trust why() const noexcept { return why_; }

private:
  friend result<trusted_ak> trust_activated_ak(ak_public ak, const crypto::secret& secret,
                                               const bytes32& transcript, byte_view proof);
  friend result<trusted_ak> trust_recorded_ak(byte_view tpmt_public);
  friend trusted_ak trust_claimed_ak(ak_public ak);
  trusted_ak(ak_public ak, ak_trust why) : ak_{std::move(ak)}, why_{why} {}

  ak_public ak_;
  ak_trust why_;
};

/// Trusts an AK whose TPM activated the credential: only who could read `secret` out of it, the TPM that
/// holds both the EK and an object with this AK's Name, can make `proof` = HMAC-SHA-256(secret, transcript).
/// Compared in constant time.
/// Caller: `secret` was made for (EK, `ak.name()`) by `make_credential`, 32 fresh bytes, sent to nobody else,
/// and is used up by this call; `transcript` binds the session (`enrolment_transcript`).
/// fault mismatch; internal for a secret that has not 32 bytes.
result<trusted_ak> trust_activated_ak(ak_public ak, const crypto::secret& secret, const bytes32& transcript,
                                      byte_view proof);

/// Trusts the AK of a record that was written after a full proof. The form is checked again: rules may have
/// become stricter since. Caller: the bytes come from the service's own store, checksum verified, never from
/// evidence.
result<trusted_ak> trust_recorded_ak(byte_view tpmt_public);

/// Trusts an AK because the person at the keyboard named it. For offline reading only: its verdicts are worth
/// what that person's word is worth. Never in the service.
trusted_ak trust_claimed_ak(ak_public ak);

} // namespace muster::tpm
