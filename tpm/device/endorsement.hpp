// The endorsement key of a TPM, and the certificates that its maker left for it.
#pragma once

#include "tpm/device/chip.hpp"
#include "tpm/format/nv_certificates.hpp"
#include "tpm/format/templates.hpp"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace muster::tpm {

/// The kinds of EK in order of preference (docs/protocol.md 2). The L templates are authorised by
/// PolicySecret over the endorsement hierarchy, the H template by a password (TCG EK Credential Profile, B.3
/// and B.4).
inline constexpr std::array<ek_template, 6> ek_preference{ek_template::l2_p256,    ek_template::l1_rsa2048,
                                                          ek_template::h3_p384,    ek_template::h2_p256,
                                                          ek_template::h1_rsa2048, ek_template::h6_rsa3072};

/// The NV index for the certificate of a key of that template: 0x01c00002 for L-1, 0x01c0000a for L-2,
/// 0x01c00016 for H-3 (TCG EK Credential Profile, table 1).
std::uint32_t certificate_index(ek_template kind) noexcept;

/// The first of the indices 0x01c00100 to 0x01c001ff, where a maker may store the CA certificates above its
/// EK certificates.
inline constexpr std::uint32_t first_chain_index = 0x01c00100;

struct ek_certificate {
  ek_template kind = ek_template::l2_p256;
  bytes der; ///< X.509, without the padding of its index
};

/// What NV holds for EKs. Each index is read for itself.
struct ek_certificates {
  std::vector<ek_certificate> found; ///< in order of preference; X.509 or not is for the caller to find out
  /// One printable sentence for each index that is defined and gives no certificate (`certificate_in_nv`).
  std::vector<std::string> notes;
  /// Why an index cannot be read now: it is locked, or needs a password. At another time it may have a certificate.
  std::optional<fault> unread;
};

/// Undefined indices are skipped. fault io: the TPM does not answer.
result<ek_certificates> read_ek_certificates(chip& tpm);

/// The CA certificates in NV, at most 8. None on most machines. Foreign bytes: the verifier trusts none of them. An
/// index that cannot be read is a note. fault io: the TPM does not answer.
result<nv_chain> read_ek_chain(chip& tpm);

/// The EK of docs/protocol.md 2: the first kind of P-256, RSA-2048, P-384 that has in NV a certificate for
/// its key; else P-256 by template L-2 without a certificate.
struct endorsement_key {
  loaded_key key;
  ek_template kind = ek_template::l2_p256;
  std::optional<bytes> certificate; ///< DER
  std::vector<bytes> chain;
  /// One printable sentence for each index that was skipped: it has no certificate, or cannot be read, or its
  /// certificate does not parse, or belongs to no key that the TPM has or makes from the TCG's template.
  std::vector<std::string> skipped;
};

/// Loads the EK: the persistent key 0x81010001, 0x81010002 or 0x81010016 if the certificate is for it, else
/// TPM2_CreatePrimary from the template. An RSA primary takes a hardware TPM seconds to minutes. Nothing is
/// made persistent. fault denied: the endorsement hierarchy has a password; or no certificate can be used, and an
/// index that may have one cannot be read now. With another key this would be another machine.
result<endorsement_key> load_endorsement_key(chip& tpm);

/// The EK of that kind made from its template (L-2, L-1, H-3), whatever certificates are in NV.
result<loaded_key> create_endorsement_key(chip& tpm, ek_template kind);

} // namespace muster::tpm
