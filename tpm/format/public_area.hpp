// TPMT_PUBLIC: the public half of a TPM key, together with what the TPM promises about its use.
#pragma once

#include "crypto/key.hpp"
#include "messages/vocabulary/cursor.hpp"
#include "tpm/format/object_attributes.hpp"

namespace muster::tpm {

/// The block cipher by which a storage key protects what is sealed to it. Always AES in CFB mode.
struct symmetric_scheme {
  std::uint16_t key_bits = 0; ///< 128, 192 or 256
  friend bool operator==(const symmetric_scheme&, const symmetric_scheme&) = default;
};

/// The only scheme with which a key signs. Restricted signing keys always name one.
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

/// A parsed TPMT_PUBLIC (TPM 2.0 Part 2, 12.2.4) of an RSA or ECC key. Immutable, so that the fields are what
/// `raw` says: a Name is a digest of exactly the bytes that were received.
class public_area {
public:
  static constexpr std::size_t max_size = 1024;

  /// The TPMT_PUBLIC without size prefix, byte for byte as received.
  const bytes& raw() const noexcept { return raw_; }
  /// All of `raw` before the unique field: equal for keys of one template.
  byte_view template_part() const noexcept { return byte_view{raw_}.first(unique_offset_); }

  key_type type() const noexcept { return type_; }
  hash_algorithm name_algorithm() const noexcept { return name_algorithm_; }
  std::uint32_t attributes() const noexcept { return attributes_; }
  /// All bits of `wanted` are set.
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

/// Parses a TPMT_PUBLIC without size prefix, nothing behind it. fault malformed; unsupported for another key
/// type, hash, cipher, scheme, curve or a key derivation scheme; limit above `max_size`.
/// Promises nothing about the key: see `verify_ek_form`, `verify_ak_form`.
result<public_area> parse_public_area(byte_view input);

/// The same with the size prefix of a TPM2B_PUBLIC, as tpm2-tools writes it (`-f tss`). The parsed area has
/// no prefix.
result<public_area> parse_sized_public_area(byte_view input);

/// The same area with both coordinates of a point as long as its field (TPM 2.0 Part 1, C.8), as TPMs of
/// today write them. Older ones left leading zeros out, and so can anybody who passes an area on: there are
/// many writings of one key, and this is the one of them that names it. An area without a point is as it was.
public_area with_padded_point(public_area area);

/// The Name of the object: nameAlg || H(TPMT_PUBLIC) (TPM 2.0 Part 1, 16).
bytes name_of(const public_area& area);

/// The key as a key. fault malformed: the point is not on the curve, the modulus has not the bits that the
/// area states, or this is a template without a key.
result<crypto::public_key> key_of(const public_area& area);

} // namespace muster::tpm
