// Attestation keys: what their signatures are worth, and why.
#pragma once

#include "crypto/secret.hpp"
#include "tpm/format/public_area.hpp"

namespace muster::tpm {

/// An AK whose public area has the form that gives its signatures meaning: a genuine TPM that holds it signs
/// only what the TPM itself made. Whether a genuine TPM holds it is a matter of trust: see `trusted_ak`.
class ak_public {
public:
  const public_area& area() const noexcept { return area_; }
  const crypto::public_key& key() const noexcept { return key_; }
  const signing_scheme& scheme() const noexcept { return *area_.scheme(); }
  /// nameAlg || H(TPMT_PUBLIC), computed here from the received bytes.
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
///      unrestricted key of the same genuine TPM would sign forged quotes.
///   2. neither the name algorithm nor the scheme is SHA-1
///   3. P-256, P-384 or P-521 with ECDSA, or RSA of 2048 to 4096 bits with RSASSA or RSAPSS; a hash that can
///      be computed and is one of signatures (not SM3)
///   4. the area has a valid key
/// fault denied for 1 and 2, unsupported for 3, malformed for 4.
result<ak_public> verify_ak_form(public_area area);

/// Why an AK is believed to be in a genuine TPM.
enum class ak_trust : std::uint8_t {
  activated, ///< the TPM of the EK activated a credential for this AK's Name, in this session
  recorded,  ///< as above, in an earlier session; the service kept the record
  claimed    ///< a person who reads evidence offline says so
};

/// An AK whose quotes can be believed. There are three ways to get one, each named below.
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

/// Trusts an AK whose TPM activated the credential. Only the TPM that holds both the EK and an object with
/// this AK's Name can recover `secret`, and so make `proof` = HMAC-SHA-256(secret, transcript). The
/// comparison takes constant time.
/// Caller: `secret` is 32 fresh bytes, made for (EK, `ak.name()`) by `make_credential`, sent nowhere else,
/// and used up by this call; `transcript` binds the session (`enrolment_transcript`).
/// fault mismatch; internal for a secret that is not 32 bytes long.
result<trusted_ak> trust_activated_ak(ak_public ak, const crypto::secret& secret, const bytes32& transcript,
                                      byte_view proof);

/// Trusts the AK of a record that was written after a full proof. The form is checked again, because the
/// rules may have become stricter since. Caller: the bytes come from the service's own store, with their
/// checksum verified, and never from evidence.
result<trusted_ak> trust_recorded_ak(byte_view tpmt_public);

/// Trusts an AK because the person at the keyboard named it. For offline reading only, never in the service:
/// the verdicts are worth as much as that person's word.
trusted_ak trust_claimed_ak(ak_public ak);

} // namespace muster::tpm
