// Our own certificate authorities: a root, and one issuer for each purpose (docs/protocol.md 1). Everything
// is P-256.
#pragma once

#include "crypto/certificate.hpp"
#include "crypto/chain.hpp"

namespace muster::crypto {

/// A period of validity; the caller gives both ends. `notBefore` is set five minutes before `from`, for
/// machines whose clocks are slow; `notAfter` is never later than the issuer's.
struct validity {
  wall_time from;
  wall_time until;
};
inline constexpr std::uint64_t backdating_ms = 5UL * 60 * 1000;

/// A CA certificate with its key. Copies share both. Each issued certificate has a random serial of 20 bytes.
class authority {
public:
  /// A self-signed root that may have issuers under it and nothing deeper.
  static result<authority> make_root(std::string_view common_name, validity when);

  /// An authority from its files. fault mismatch: the key does not belong to the certificate; denied: not a
  /// CA.
  static result<authority> from_pem(std::string_view certificate_pem, std::string_view key_pem);

  /// A new issuer for one purpose: path length 0, URI "muster:issuer:<role>". Only a root can make one.
  result<authority> make_issuer(purpose p, std::string_view common_name, validity when) const;

  /// The same for a key held elsewhere: the root signs an issuer whose private key it never sees.
  result<certificate> certify_issuer(purpose p, std::string_view common_name, const public_key& subject,
                                     validity when) const;

  /// A certificate for a client of our channels, or for an AK, with the URI "muster:<role>:<id>". `p` must be
  /// this issuer's purpose, else fault denied; not for `service_tls`. Id: 64 lower-case hex digits for a
  /// node; the same followed by '.' and a generation for an AK; else 1 to 64 letters, digits, '.', '-', '_'.
  result<certificate> issue(purpose p, std::string_view id, const public_key& subject, validity when) const;
  result<certificate> issue_node(const node_id& id, const public_key& subject, validity when) const;
  result<certificate> issue_ak(const ak_owner& of, const public_key& subject, validity when) const;

  /// The service's own TLS certificate; needs an issuer for `service_tls`. 1 to 16 DNS names.
  result<certificate> issue_service(std::span<const std::string> dns_names, const public_key& subject,
                                    validity when) const;

  const certificate& cert() const noexcept { return certificate_; }
  const private_key& key() const noexcept { return key_; }
  /// The purpose of an issuer; empty for a root.
  std::optional<purpose> issues() const noexcept { return issues_; }

private:
  authority(certificate own, private_key key, std::optional<purpose> issues)
      : certificate_{std::move(own)}, key_{std::move(key)}, issues_{issues} {}
  certificate certificate_;
  private_key key_;
  std::optional<purpose> issues_;
};

} // namespace muster::crypto
