#include "tpm/format/templates.hpp"

#include "messages/vocabulary/writer.hpp"

namespace muster::tpm {

namespace {

using namespace object_attribute;

// PolicySecret(TPM_RH_ENDORSEMENT), SHA-256.
constexpr std::array<std::uint8_t, 32> policy_a_sha256{
    0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xb3, 0xf8, 0x1a, 0x90, 0xcc, 0x8d, 0x46, 0xa5, 0xd7, 0x24,
    0xfd, 0x52, 0xd7, 0x6e, 0x06, 0x52, 0x0b, 0x64, 0xf2, 0xa1, 0xda, 0x1b, 0x33, 0x14, 0x69, 0xaa};

// PolicyOR(PolicySecret(TPM_RH_ENDORSEMENT), PolicyAuthorizeNV(0x01c07f01)), SHA-256.
constexpr std::array<std::uint8_t, 32> policy_b_sha256{
    0xca, 0x3d, 0x0a, 0x99, 0xa2, 0xb9, 0x39, 0x06, 0xf7, 0xa3, 0x34, 0x24, 0x14, 0xef, 0xcf, 0xb3,
    0xa3, 0x85, 0xd4, 0x4c, 0xd1, 0xfd, 0x45, 0x90, 0x89, 0xd1, 0x9b, 0x50, 0x71, 0xc0, 0xb7, 0xa0};

// PolicyOR(PolicySecret(TPM_RH_ENDORSEMENT), PolicyAuthorizeNV(0x01c07f02)), SHA-384.
constexpr std::array<std::uint8_t, 48> policy_b_sha384{
    0xb2, 0x6e, 0x7d, 0x28, 0xd1, 0x1a, 0x50, 0xbc, 0x53, 0xd8, 0x82, 0xbc, 0xf5, 0xfd, 0x3a, 0x1a,
    0x07, 0x41, 0x48, 0xbb, 0x35, 0xd3, 0xb4, 0xe4, 0xcb, 0x1c, 0x0a, 0xd9, 0xbd, 0xe4, 0x19, 0xca,
    0xcb, 0x47, 0xba, 0x09, 0x69, 0x96, 0x46, 0x15, 0x0f, 0x9f, 0xc0, 0x00, 0xf3, 0xf8, 0x0e, 0x12};

constexpr std::uint32_t born_in_this_tpm = fixed_tpm | fixed_parent | sensitive_data_origin;
constexpr std::uint32_t ek_attributes_l = born_in_this_tpm | admin_with_policy | restricted | decrypt;
constexpr std::uint32_t ek_attributes_h = ek_attributes_l | user_with_auth;

template <class Enum> constexpr std::uint16_t number(Enum value) noexcept {
  return static_cast<std::uint16_t>(value);
}

writer storage_key(key_type type, hash_algorithm name_algorithm, std::uint32_t attributes, byte_view policy,
                   std::uint16_t aes_bits) {
  writer out;
  out.u16_be(number(type)).u16_be(number(name_algorithm)).u32_be(attributes).sized16(policy);
  out.u16_be(alg_aes).u16_be(aes_bits).u16_be(alg_cfb);
  out.u16_be(alg_null); // no scheme: the key decrypts only inside the TPM
  return out;
}

// Everything in the template before its unique field.
bytes fixed_part(ek_template kind) {
  switch (kind) {
  case ek_template::l1_rsa2048:
    return storage_key(key_type::rsa, hash_algorithm::sha256, ek_attributes_l, policy_a_sha256, 128)
        .u16_be(2048)
        .u32_be(0)
        .take();
  case ek_template::l2_p256:
    return storage_key(key_type::ecc, hash_algorithm::sha256, ek_attributes_l, policy_a_sha256, 128)
        .u16_be(number(ecc_curve::nist_p256))
        .u16_be(alg_null)
        .take();
  case ek_template::h3_p384:
    return storage_key(key_type::ecc, hash_algorithm::sha384, ek_attributes_h, policy_b_sha384, 256)
        .u16_be(number(ecc_curve::nist_p384))
        .u16_be(alg_null)
        .take();
  case ek_template::h1_rsa2048:
    return storage_key(key_type::rsa, hash_algorithm::sha256, ek_attributes_h, policy_b_sha256, 128)
        .u16_be(2048)
        .u32_be(0)
        .take();
  case ek_template::h2_p256:
    return storage_key(key_type::ecc, hash_algorithm::sha256, ek_attributes_h, policy_b_sha256, 128)
        .u16_be(number(ecc_curve::nist_p256))
        .u16_be(alg_null)
        .take();
  case ek_template::h6_rsa3072:
    return storage_key(key_type::rsa, hash_algorithm::sha384, ek_attributes_h, policy_b_sha384, 256)
        .u16_be(3072)
        .u32_be(0)
        .take();
  }
  return {};
}

} // namespace

std::string_view to_string(ek_template kind) noexcept {
  switch (kind) {
  case ek_template::l1_rsa2048: return "L-1 (RSA-2048)";
  case ek_template::l2_p256: return "L-2 (P-256)";
  case ek_template::h3_p384: return "H-3 (P-384)";
  case ek_template::h1_rsa2048: return "H-1 (RSA-2048)";
  case ek_template::h2_p256: return "H-2 (P-256)";
  case ek_template::h6_rsa3072: return "H-6 (RSA-3072)";
  }
  return "unknown";
}

bytes template_of(ek_template kind) {
  writer out;
  out.put(fixed_part(kind));
  switch (kind) {
  case ek_template::l1_rsa2048: out.sized16(bytes(256)); break;
  case ek_template::l2_p256: out.sized16(bytes(32)).sized16(bytes(32)); break;
  case ek_template::h3_p384:
  case ek_template::h2_p256: out.sized16({}).sized16({}); break;
  case ek_template::h1_rsa2048:
  case ek_template::h6_rsa3072: out.sized16({}); break;
  }
  return out.take();
}

std::optional<ek_template> ek_template_from(const public_area& area) {
  for (const auto kind : all_ek_templates)
    if (same(area.template_part(), fixed_part(kind))) return kind;
  return std::nullopt;
}

bytes template_of(ak_template kind) {
  const auto type = kind == ak_template::p256_ecdsa ? key_type::ecc : key_type::rsa;
  writer out;
  out.u16_be(number(type)).u16_be(number(hash_algorithm::sha256)).u32_be(ak_attributes).sized16({});
  out.u16_be(alg_null); // no cipher: a signing key protects no children
  if (kind == ak_template::p256_ecdsa) {
    out.u16_be(number(signature_algorithm::ecdsa)).u16_be(number(hash_algorithm::sha256));
    out.u16_be(number(ecc_curve::nist_p256)).u16_be(alg_null).sized16({}).sized16({});
  } else {
    out.u16_be(number(signature_algorithm::rsassa)).u16_be(number(hash_algorithm::sha256));
    out.u16_be(2048).u32_be(0).sized16({});
  }
  return out.take();
}

} // namespace muster::tpm
