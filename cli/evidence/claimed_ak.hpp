// The attestation key that a user gives in a file, and the signature with it.
#pragma once

#include "tpm/evidence/ak.hpp"

namespace muster::cli {

/// An AK and a signature that it may have made; whether it did is for `verify_quote` to say.
struct claimed_signature {
  tpm::trusted_ak ak;
  bytes signature; ///< TPMT_SIGNATURE
};

/// `ak`: TPM2B_PUBLIC (tpm2-tools: `-u FILE`, `-f tss`), TPMT_PUBLIC, or a bare key (PEM, DER). `signature`:
/// TPMT_SIGNATURE, or plain (`tpm2_quote -f plain`: an RSA block, ECDSA in DER, r || s) over `attest`.
///
/// A public area says how its key signs, and a signature of another scheme does not verify. A bare key does
/// not say it: its scheme is the one that the signature names. A plain signature names none, so each scheme of
/// such keys is tried, but never SHA-1. What a bare key says nothing about (the key's attributes) is assumed to
/// be as in Muster's own AKs: the user answers for it.
///
/// Every fault is a mistake in what was given, not a finding about the machine: a file of another kind is named,
/// "this is a PEM certificate, not …". fault malformed, unsupported; denied (see `verify_ak_form`); mismatch: the
/// key is of another algorithm or size than the one that made the signature.
struct signer_files {
  byte_view ak;
  byte_view signature;
  byte_view attest;
};
/// The fault of one file of the two, with the file that it is about.
struct signer_fault {
  enum class about : std::uint8_t { ak, signature } file = about::ak;
  fault why;
};
std::variant<claimed_signature, signer_fault> claim_signature(const signer_files& in);

} // namespace muster::cli
