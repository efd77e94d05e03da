// Certificate revocation lists (RFC 5280, 5) of TPM vendors. An operator puts them next to the vendors'
// roots.
#pragma once

#include "crypto/certificate.hpp"

struct X509_crl_st; // X509_CRL; headers see only this declaration

namespace muster::crypto {

/// Longest list, in bytes. Those of TPM vendors have a few KB.
inline constexpr std::size_t max_revocation_list = 1024UL * 1024;

/// A list as an immutable value. Nothing in it is believed until the issuer's key has verified it; `revokes`
/// does that. Cheap to copy.
class revocation_list {
public:
  /// DER, or one PEM block "X509 CRL". fault malformed, limit; unsupported: the file is not a list; it may be
  /// something else.
  static result<revocation_list> from_file(byte_view content);

  /// Safe to print.
  const std::string& issuer() const noexcept { return issuer_; }
  /// When the next list is due; the end of time if this one does not say.
  wall_time next_update() const noexcept { return next_update_; }

  /// Whether `issuer` issued `subject`, and issued and signed this list, and the list has `subject`. A list
  /// that is long overdue still counts: a revoked certificate does not become good again.
  bool revokes(const certificate& subject, const certificate& issuer) const;

private:
  revocation_list(std::shared_ptr<X509_crl_st> list, std::string issuer, wall_time next_update)
      : list_{std::move(list)}, issuer_{std::move(issuer)}, next_update_{next_update} {}
  std::shared_ptr<X509_crl_st> list_;
  std::string issuer_;
  wall_time next_update_;
};

} // namespace muster::crypto
