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

/// Most files, and most certificates in all of them.
inline constexpr std::size_t max_vendor_certificates = 4096;

/// Vendor roots, the intermediates under them, and what vendors revoked. A value: to change it, make another.
class vendor_store {
public:
  /// An empty store, which vouches for nobody.
  vendor_store() = default;

  /// Sorts the certificates of all files (DER, or PEM with several blocks) into roots (self-signed) and
  /// intermediates, and drops repetitions. What is no CA certificate, or what is on the built-in list of test
  /// CAs of software TPMs (their private keys are public: IBM's ship in the same collections as real
  /// vendors'), is refused with fault denied; the rest of its file counts. A file may hold a revocation list
  /// in place of certificates; it counts for the CA that issued it. Order of the files plays no part.
  static vendor_store make(std::span<const named_bytes> files);

  std::span<const certificate> roots() const noexcept { return roots_; }
  std::span<const certificate> intermediates() const noexcept { return intermediates_; }
  std::span<const revocation_list> revocations() const noexcept { return revocations_; }
  /// For the operator's log.
  std::span<const refused_file> refused() const noexcept { return refused_; }

private:
  std::vector<certificate> roots_;
  std::vector<certificate> intermediates_;
  std::vector<revocation_list> revocations_;
  std::vector<refused_file> refused_;
};

/// Whether the key is that of a known test CA (by SHA-256 of its SubjectPublicKeyInfo).
bool is_known_test_ca(const certificate& ca);

} // namespace muster::crypto
