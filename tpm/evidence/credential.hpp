// TPM2_MakeCredential, done by the service without a TPM.
#pragma once

#include "crypto/secret.hpp"
#include "tpm/evidence/ek.hpp"

namespace muster::tpm {

/// The input of TPM2_ActivateCredential. Both fields are without the size prefix of their TPM2B.
struct credential {
  bytes id_object;        ///< TPMS_ID_OBJECT: contents of TPM2B_ID_OBJECT
  bytes encrypted_secret; ///< contents of TPM2B_ENCRYPTED_SECRET
};

/// Length of the secret in an enrolment's credential.
inline constexpr std::size_t enrolment_secret_size = 32;

/// Seals `secret` so that only the TPM that holds `ek` can read it, and only if it also holds an object with
/// the Name `ak_name` (TPM 2.0 Part 1, 24; annex B.10.4 for RSA, C.6.4 for ECC). Draws random bytes, so each
/// call gives another result. Caller: `ek` passed `verify_ek_form`; `ak_name` was computed here, from the
/// AK's public area; `secret` is fresh and not longer than the digest of the EK's name algorithm (fault
/// limit).
result<credential> make_credential(const ek_public& ek, byte_view ak_name, const crypto::secret& secret);

} // namespace muster::tpm
