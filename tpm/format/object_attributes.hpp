// TPMA_OBJECT and the TPM_ALG_IDs of keys, by the names of the specification.
#pragma once

#include <cstdint>

namespace muster::tpm {

/// TPMA_OBJECT (TPM 2.0 Part 2, 8.3): the bits that decide what a key can be used for.
namespace object_attribute {
inline constexpr std::uint32_t fixed_tpm = 1U << 1;
inline constexpr std::uint32_t st_clear = 1U << 2;
inline constexpr std::uint32_t fixed_parent = 1U << 4;
inline constexpr std::uint32_t sensitive_data_origin = 1U << 5;
inline constexpr std::uint32_t user_with_auth = 1U << 6;
inline constexpr std::uint32_t admin_with_policy = 1U << 7;
inline constexpr std::uint32_t no_da = 1U << 10;
inline constexpr std::uint32_t encrypted_duplication = 1U << 11;
inline constexpr std::uint32_t restricted = 1U << 16;
inline constexpr std::uint32_t decrypt = 1U << 17;
inline constexpr std::uint32_t sign = 1U << 18;
} // namespace object_attribute

/// TPM_ALG_NULL: no algorithm.
inline constexpr std::uint16_t alg_null = 0x0010;
/// The cipher and mode of storage keys.
inline constexpr std::uint16_t alg_aes = 0x0006;
inline constexpr std::uint16_t alg_cfb = 0x0043;

/// TPMI_ALG_PUBLIC: the two asymmetric types.
enum class key_type : std::uint16_t { rsa = 0x0001, ecc = 0x0023 };

/// TPMI_ALG_SIG_SCHEME: the schemes that a quote may have here.
enum class signature_algorithm : std::uint16_t { rsassa = 0x0014, rsapss = 0x0016, ecdsa = 0x0018 };

/// TPMI_ECC_CURVE: the curves that an EK or AK may have here.
enum class ecc_curve : std::uint16_t { nist_p256 = 0x0003, nist_p384 = 0x0004, nist_p521 = 0x0005 };

} // namespace muster::tpm
