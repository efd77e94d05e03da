// What an attester needs from its TPM: an attestation key, an opened credential, a quote, PCR values.
#pragma once

#include "crypto/secret.hpp"
#include "tpm/device/chip.hpp"
#include "tpm/format/pcr_values.hpp"

namespace muster::tpm {

/// The AK of docs/protocol.md 2: a primary of the endorsement hierarchy, P-256 ECDSA with SHA-256, or
/// RSA-2048 RSASSA if the TPM has no P-256. The same TPM makes the same key each time, so it is never stored.
/// fault denied: the endorsement hierarchy has a password.
result<loaded_key> load_attestation_key(chip& tpm);

/// TPM2_ActivateCredential: opens the secret that was sealed for (`ek`, name of `ak`). The views are the
/// contents of the TPM2B_ID_OBJECT and of the TPM2B_ENCRYPTED_SECRET, without size prefix. The EK is
/// authorised as its attributes demand: by PolicySecret(endorsement) or by password. fault mismatch: the
/// credential was made for another EK or another AK.
result<crypto::secret> activate_credential(chip& tpm, const loaded_key& ek, const loaded_key& ak,
                                           byte_view id_object, byte_view encrypted_secret);

/// The result of TPM2_Quote, as the TPM returned it.
struct signed_quote {
  bytes attest;    ///< TPMS_ATTEST: the bytes that are signed
  bytes signature; ///< TPMT_SIGNATURE
};

/// `extra_data` is at most 32 bytes; the TPM signs it as qualifying data.
result<signed_quote> quote(chip& tpm, const loaded_key& ak, byte_view extra_data,
                           const pcr_selection& selection);

/// The values of the selected PCRs: a hint, not evidence (docs/protocol.md 4). PCRs that the TPM does not
/// have are left out. A PCR may be extended while another one is read.
result<pcr_values> read_pcrs(chip& tpm, const pcr_selection& selection);

} // namespace muster::tpm
