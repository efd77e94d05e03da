// The certificates of TPM vendors that an operator pins.
#pragma once

#include "crypto/certificate.hpp"
#include "crypto/revocation_list.hpp"

#include <span>

namespace muster::crypto {

/// One file of the operator's folder. `name` is for messages only.
struct named_bytes {
  std::string name;
  byte_view content;
};

/// Why a file, or one certificate of it, is not in the store. `name` is safe to print.
struct refused_file {
  std::string name;
  fault why;
};

/// Most files, and most certificates in all of them together.
inline constexpr std::size_t max_vendor_certificates = 4096;

/// Vendor roots, the intermediates under them, and the vendors' revocation lists. Immutable: to change a
/// store, make another one.
class vendor_store {
public:
  /// An empty store, which vouches for no chip.
  vendor_store() = default;

  /// Sorts the certificates of all files (DER, or PEM with several blocks) into roots (self-signed) and
  /// intermediates, and drops duplicates. Two kinds are refused with fault denied, while the rest of the file
  /// still counts: a certificate that is not a CA's, and one of the built-in list of test CAs of software
  /// TPMs. The private keys of those are public, and IBM's are in the same collections as real vendors'
  /// certificates. A file may hold a revocation list instead of certificates; it counts for the CA that
  /// issued it. The order of the files does not matter.
  static vendor_store make(std::span<const named_bytes> files);

  std::span<const certificate> roots() const noexcept { return roots_; }
  std::span<const certificate> intermediates() const noexcept { return intermediates_; }
  /// Those of `intermediates` that no signatures connect with a root: nothing under them is vouched for until the
  /// machine itself sends what is missing, or an operator adds it.
  std::span<const certificate> rootless() const noexcept { return rootless_; }
  std::span<const revocation_list> revocations() const noexcept { return revocations_; }
  /// For the operator's log.
  std::span<const refused_file> refused() const noexcept { return refused_; }

private:
  std::vector<certificate> roots_;
  std::vector<certificate> intermediates_;
  std::vector<certificate> rootless_;
  std::vector<revocation_list> revocations_;
  std::vector<refused_file> refused_;
};

/// Whether the key is that of a known test CA (by SHA-256 of its SubjectPublicKeyInfo).
bool is_known_test_ca(const certificate& ca);

} // namespace muster::crypto
