// Asymmetric keys as values: P-256, P-384, P-521 and RSA.
#pragma once

#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/hash_algorithm.hpp"
#include "messages/vocabulary/result.hpp"

#include <memory>
#include <string>
#include <variant>

struct evp_pkey_st; // EVP_PKEY; headers see only this declaration

namespace muster::crypto {

enum class curve : std::uint8_t { p256, p384, p521 };

enum class signature_scheme : std::uint8_t { ecdsa, rsassa_pkcs1, rsassa_pss };

/// X and Y of a P-256 key, big-endian.
using p256_point = std::array<std::uint8_t, 64>;

/// A public key that was checked when it was made (point on the curve, sane modulus). Shared and immutable. A
/// P-256 key is small: it is only its point. Every other key has an OpenSSL object (RSA-2048: 3 KB) that
/// caches what a verification computed. Keep the key for as long as it is in use: the cache makes the next
/// verification cheaper.
class public_key {
public:
  /// X and Y are big-endian, each at most as long as the field.
  static result<public_key> from_ec_point(curve c, byte_view x, byte_view y);
  /// Modulus 1024 (test material only; callers demand 2048) to 8192 bits, big-endian; exponent odd, at
  /// least 3.
  static result<public_key> from_rsa(byte_view modulus, std::uint32_t exponent);
  /// SubjectPublicKeyInfo, DER, with no trailing bytes.
  static result<public_key> from_spki(byte_view der);
  /// One PEM block "PUBLIC KEY".
  static result<public_key> from_pem(std::string_view pem);

  /// SubjectPublicKeyInfo, DER: the form that the protocol hashes.
  bytes spki() const;
  std::string pem() const;
  /// For RSA: bits of the modulus. For EC: bits of the field.
  unsigned bits() const noexcept;
  bool is_rsa() const noexcept;
  std::optional<curve> ec_curve() const noexcept;

  /// Verifies `signature` over `message`, hashing with `algorithm`. There are two encodings of ECDSA
  /// signatures: `verify_ecdsa` takes r and s, as the TPM gives them; `verify` takes X9.62 DER, or the RSA
  /// block. fault mismatch: the signature does not hold.
  status verify(signature_scheme scheme, hash_algorithm algorithm, byte_view message,
                byte_view signature) const;
  status verify_ecdsa(hash_algorithm algorithm, byte_view message, byte_view r, byte_view s) const;
  /// As `verify`, for a message of which only the digest is known: a file that another machine hashed. fault
  /// malformed: `digest` does not have the length of `algorithm`.
  status verify_digest(signature_scheme scheme, hash_algorithm algorithm, byte_view digest,
                       byte_view signature) const;

  /// RSA-OAEP; `algorithm` serves as hash and in MGF1; `label` includes its NUL (TPM 2.0 Part 1, B.4).
  result<bytes> encrypt_oaep(hash_algorithm algorithm, byte_view label, byte_view plain) const;

  /// An OpenSSL object with this key; for a P-256 point a new one is made.
  std::shared_ptr<evp_pkey_st> native() const;

private:
  friend class private_key;
  using key_object = std::shared_ptr<evp_pkey_st>;
  explicit public_key(key_object key) noexcept : form_{std::move(key)} {}
  explicit public_key(const p256_point& point) noexcept : form_{point} {}
  std::optional<p256_point> as_p256() const;
  status verify_hashed(signature_scheme scheme, hash_algorithm algorithm, byte_view digest,
                       byte_view signature) const;

  std::variant<key_object, p256_point> form_;
};

/// A private key in memory. OpenSSL wipes it when the last copy is gone.
class private_key {
public:
  static private_key make_ec(curve c);
  static result<private_key> make_rsa(unsigned bits);
  static result<private_key> from_pem(std::string_view pem);

  /// PKCS#8, not encrypted: write it to a file of mode 0600 only.
  std::string pem() const;
  const public_key& pub() const noexcept { return public_; }

  /// ECDSA: X9.62 DER; RSA: PKCS#1 v1.5 block.
  result<bytes> sign(hash_algorithm algorithm, byte_view message) const;

  /// ECDH: the shared X coordinate, padded to the field's length.
  result<bytes> derive(const public_key& peer) const;

  /// HMAC-SHA-256 of `label` under the private number of an EC key: a secret that only a holder of the key
  /// can compute, and can compute again. Use each label for one purpose. fault unsupported: not an EC key.
  result<bytes32> secret_for(std::string_view label) const;

  evp_pkey_st* native() const noexcept { return pair_.get(); }

private:
  explicit private_key(std::shared_ptr<evp_pkey_st> pair) noexcept : pair_{std::move(pair)}, public_{pair_} {}
  std::shared_ptr<evp_pkey_st> pair_;
  public_key public_;
};

/// The affine coordinates of an EC public key, each padded to the field's length.
struct ec_point {
  curve group = curve::p256;
  bytes x;
  bytes y;
};
result<ec_point> point_of(const public_key& key);

/// The numbers of an RSA public key.
struct rsa_parts {
  bytes modulus; ///< big-endian, without leading zeros
  std::uint32_t exponent = 0;
};
/// fault unsupported: not an RSA key, or its exponent has more than 32 bits.
result<rsa_parts> rsa_parts_of(const public_key& key);

/// AES-CFB with a zero IV, as TPM 2.0 Part 1, 24.4 uses it for credentials. The key has 16, 24 or 32 bytes.
result<bytes> encrypt_aes_cfb(byte_view key, byte_view plain);
result<bytes> decrypt_aes_cfb(byte_view key, byte_view sealed);

} // namespace muster::crypto
