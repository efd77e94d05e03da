// Templates of the keys that Muster makes and accepts.
#pragma once

#include "tpm/format/public_area.hpp"

#include <array>

namespace muster::tpm {

/// Endorsement keys as defined in the TCG EK Credential Profile for TPM Family 2.0 (2.3, annex B).
enum class ek_template : std::uint8_t {
  l1_rsa2048, ///< L-1: RSA-2048, policy A
  l2_p256,    ///< L-2: P-256, policy A
  h3_p384,    ///< H-3: P-384, policy B, user role by password
  h1_rsa2048, ///< H-1: RSA-2048, as H-3
  h2_p256,    ///< H-2: P-256, as H-3
  h6_rsa3072, ///< H-6: RSA-3072, as H-3
  last_of = h6_rsa3072
};
inline constexpr std::array all_ek_templates{ek_template::l1_rsa2048, ek_template::l2_p256,
                                             ek_template::h3_p384,    ek_template::h1_rsa2048,
                                             ek_template::h2_p256,    ek_template::h6_rsa3072};

/// "L-1 (RSA-2048)", ...
std::string_view to_string(ek_template kind) noexcept;

/// The TPMT_PUBLIC for TPM2_CreatePrimary: the unique field is zeros for L, empty for H.
bytes template_of(ek_template kind);

/// The template that a key was made from: everything except the unique field must be equal. Empty if none.
std::optional<ek_template> ek_template_from(const public_area& area);

/// TPMA_OBJECT of the AKs that Muster makes.
inline constexpr std::uint32_t ak_attributes = object_attribute::fixed_tpm | object_attribute::fixed_parent
                                               | object_attribute::sensitive_data_origin
                                               | object_attribute::user_with_auth | object_attribute::no_da
                                               | object_attribute::restricted | object_attribute::sign;

/// Attestation keys (docs/protocol.md 2): primaries of the endorsement hierarchy, created again for each use
/// and never stored.
enum class ak_template : std::uint8_t { p256_ecdsa, rsa2048_rsassa };

/// The TPMT_PUBLIC for TPM2_CreatePrimary; the unique field is empty.
bytes template_of(ak_template kind);

} // namespace muster::tpm
