// Certificate revocation lists (RFC 5280, 5) of TPM vendors, as an operator puts them beside the vendors'
// roots.
#pragma once

#include "crypto/certificate.hpp"

struct X509_crl_st; // X509_CRL; the type itself stays behind this door

namespace muster::crypto {

/// Longest list, bytes. Those of TPM vendors have a few KB.
inline constexpr std::size_t max_revocation_list = 1024UL * 1024;

/// A list as an immutable value. Nothing of it is believed before its issuer's key verified it, which
/// `revokes` asks for. Cheap to copy.
class revocation_list {
public:
  /// DER, or one PEM block "X509 CRL". fault malformed, limit; unsupported: the file is not a list, and may
  /// be something else.
  static result<revocation_list> from_file(byte_view content);

  /// Safe to print.
  const std::string& issuer() const noexcept { return issuer_; }
  /// When the next one is due; the end of time if the list does not say.
  wall_time next_update() const noexcept { return next_update_; }

  /// Whether `issuer` issued and signed this list and it has `subject`, which `issuer` issued. A list that is
  /// due for long still revokes what it has: what was revoked does not come back.
  bool revokes(const certificate& subject, const certificate& issuer) const;

private:
  revocation_list(std::shared_ptr<X509_crl_st> list, std::string issuer, wall_time next_update)
      : list_{std::move(list)}, issuer_{std::move(issuer)}, next_update_{next_update} {}
  std::shared_ptr<X509_crl_st> list_;
  std::string issuer_;
  wall_time next_update_;
};

} // namespace muster::crypto
