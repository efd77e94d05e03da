// A key that an operator trusts to sign files.
#pragma once

#include "crypto/key.hpp"

namespace muster::appraisal {

/// Immutable and cheap to copy. Two are equal if key and key id are.
class pinned_key {
public:
  static constexpr std::size_t max_file = 64UL * 1024; ///< bytes of a key's file

  /// Reads a certificate or a public key (SubjectPublicKeyInfo), PEM or DER, with nothing else in the file.
  /// Only the key and the key identifier of a certificate count: its validity is not checked, because a
  /// kernel does not check it either. fault denied: RSA below 2,048 bits.
  static result<pinned_key> from_file(byte_view content);
  static result<pinned_key> from_spki(byte_view spki, std::uint32_t key_id);

  const crypto::public_key& key() const noexcept { return key_; }
  const bytes& spki() const noexcept { return spki_; }
  /// SHA-256 of `spki`, by which recorded claims name the key.
  const bytes32& fingerprint() const noexcept { return fingerprint_; }
  /// The last 4 bytes of the certificate's SubjectKeyIdentifier, or without one of the SHA-1 of the key's
  /// bits (RFC 5280, 4.2.1.2). evmctl writes this into signatures.
  std::uint32_t key_id() const noexcept { return key_id_; }

  friend bool operator==(const pinned_key& a, const pinned_key& b) noexcept {
    return a.key_id_ == b.key_id_ && a.fingerprint_ == b.fingerprint_;
  }

private:
  pinned_key(crypto::public_key key, bytes spki, std::uint32_t key_id);

  crypto::public_key key_;
  bytes spki_;
  bytes32 fingerprint_{};
  std::uint32_t key_id_ = 0;
};

} // namespace muster::appraisal
