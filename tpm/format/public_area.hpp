// TPMT_PUBLIC: the public half of a TPM key, together with what the TPM promises about its use.
#pragma once

#include "crypto/key.hpp"
#include "messages/vocabulary/cursor.hpp"
#include "tpm/format/object_attributes.hpp"

namespace muster::tpm {

/// The block cipher with which a storage key protects its children. Always AES in CFB mode.
struct symmetric_scheme {
  std::uint16_t key_bits = 0; ///< 128, 192 or 256
  friend bool operator==(const symmetric_scheme&, const symmetric_scheme&) = default;
};

/// The only scheme that a key signs with. A restricted signing key always names one.
struct signing_scheme {
  signature_algorithm algorithm = signature_algorithm::ecdsa;
  hash_algorithm hash = hash_algorithm::sha256;
  friend bool operator==(const signing_scheme&, const signing_scheme&) = default;
};

struct rsa_parameters {
  std::uint16_t bits = 0;
  std::uint32_t exponent = 0; ///< as written; 0 stands for 65537
  bytes modulus;              ///< big-endian; empty in a template
};

struct ecc_parameters {
  ecc_curve curve = ecc_curve::nist_p256;
  bytes x; ///< big-endian, leading zeros as written; empty in a template
  bytes y;
};

/// A parsed TPMT_PUBLIC (TPM 2.0 Part 2, 12.2.4) of an RSA or ECC key. Immutable, so the fields always match
/// `raw`: a Name is a digest of exactly the bytes that were received.
class public_area {
public:
  static constexpr std::size_t max_size = 1024;

  /// The TPMT_PUBLIC without its size prefix, byte for byte as received.
  const bytes& raw() const noexcept { return raw_; }
  /// Everything in `raw` before the unique field: equal for all keys of one template.
  byte_view template_part() const noexcept { return byte_view{raw_}.first(unique_offset_); }

  key_type type() const noexcept { return type_; }
  hash_algorithm name_algorithm() const noexcept { return name_algorithm_; }
  std::uint32_t attributes() const noexcept { return attributes_; }
  /// Whether all bits of `wanted` are set.
  bool has(std::uint32_t wanted) const noexcept { return (attributes_ & wanted) == wanted; }
  const bytes& policy() const noexcept { return policy_; }
  const std::optional<symmetric_scheme>& symmetric() const noexcept { return symmetric_; }
  const std::optional<signing_scheme>& scheme() const noexcept { return scheme_; }
  /// Set for `key_type::rsa`, else null.
  const rsa_parameters* rsa() const noexcept { return type_ == key_type::rsa ? &rsa_ : nullptr; }
  /// Set for `key_type::ecc`, else null.
  const ecc_parameters* ecc() const noexcept { return type_ == key_type::ecc ? &ecc_ : nullptr; }

  friend bool operator==(const public_area& a, const public_area& b) noexcept { return a.raw_ == b.raw_; }

private:
  friend struct public_area_reader;
  public_area() = default;

  bytes raw_;
  std::size_t unique_offset_ = 0;
  key_type type_ = key_type::ecc;
  hash_algorithm name_algorithm_ = hash_algorithm::sha256;
  std::uint32_t attributes_ = 0;
  bytes policy_;
  std::optional<symmetric_scheme> symmetric_;
  std::optional<signing_scheme> scheme_;
  rsa_parameters rsa_;
  ecc_parameters ecc_;
};

/// Parses a TPMT_PUBLIC without size prefix and with no trailing bytes. fault malformed; unsupported for
/// another key type, hash, cipher, scheme or curve, or a key derivation scheme; limit above `max_size`. The
/// result promises nothing about the key: see `verify_ek_form`, `verify_ak_form`.
result<public_area> parse_public_area(byte_view input);

/// The same with the size prefix of a TPM2B_PUBLIC, as tpm2-tools writes it (`-f tss`). The parsed area does
/// not have the prefix.
result<public_area> parse_sized_public_area(byte_view input);

/// The same area with both coordinates of its point padded to the length of the field (TPM 2.0 Part 1, C.8),
/// as today's TPMs write them. Older TPMs omit leading zeros, and anyone who passes an area on can, too. So
/// one key can be written in many ways; only this one names it. An area without a point is returned
/// unchanged.
public_area with_padded_point(public_area area);

/// The Name of the object: nameAlg || H(TPMT_PUBLIC) (TPM 2.0 Part 1, 16).
bytes name_of(const public_area& area);

/// The public key of the area. fault malformed: the point is not on the curve, the modulus does not have the
/// number of bits that the area states, or the area is a template without a key.
result<crypto::public_key> key_of(const public_area& area);

} // namespace muster::tpm
