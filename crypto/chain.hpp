// From a certificate that somebody shows to one that is believed, for one purpose.
#pragma once

#include "crypto/certificate.hpp"

#include <optional>
#include <span>

namespace muster::crypto {

/// What a certificate is for, and at the same time who issues it: each purpose has an issuer of its own, so
/// that the issuer of hubs cannot make a node (docs/protocol.md 1).
enum class purpose : std::uint8_t {
  service_tls, ///< serverAuth; names are DNS names
  node,        ///< clientAuth, "muster:node:<64 hex digits>"
  hub,         ///< clientAuth, "muster:hub:<id>"
  verifier,    ///< clientAuth, "muster:verifier:<id>"
  ak           ///< 2.23.133.8.3 (tcg-kp-AIKCertificate), "muster:ak:<node id>.<generation>"
};

/// "service", "node", "hub", "verifier", "ak": the word in the URI.
std::string_view to_string(purpose p) noexcept;

/// Whose an AK is, as its certificate names it.
struct ak_owner {
  node_id node;
  muster::generation generation; ///< from 1
  friend bool operator==(const ak_owner&, const ak_owner&) = default;
};
/// "<64 hex digits>.<generation>": what an AK's certificate says behind "muster:ak:".
std::string ak_id_of(const ak_owner& of);
/// Empty for anything that `ak_id_of` does not make.
std::optional<ak_owner> ak_owner_from(std::string_view id);

/// Most intermediates that a peer may send along.
inline constexpr std::size_t max_intermediates = 8;

/// A leaf that `verify_chain` believed. Nobody else can make one.
class verified_chain {
public:
  const certificate& leaf() const noexcept { return certificates_.front(); }
  /// Leaf first, anchor last; at least two.
  std::span<const certificate> certificates() const noexcept { return certificates_; }
  purpose what_for() const noexcept { return purpose_; }
  /// What stands behind "muster:<role>:" in the leaf's URI; empty for `service_tls`.
  const std::string& id() const noexcept { return id_; }

private:
  friend result<verified_chain> verify_chain(const certificate&, std::span<const certificate>,
                                             std::span<const certificate>, purpose, wall_time);
  verified_chain(std::vector<certificate> certificates, purpose what_for, std::string id)
      : certificates_{std::move(certificates)}, purpose_{what_for}, id_{std::move(id)} {}
  std::vector<certificate> certificates_;
  purpose purpose_;
  std::string id_;
};

/// Verifies a certificate of our own PKI. Checks, in this order:
///   1. a path of signatures from `leaf` over `intermediates` to one of `anchors` (self-signed), every one of
///      it valid at `at`, CA and path length as BasicConstraints say, no critical extension that is not known
///   2. the leaf is no CA and no anchor
///   3. its extended key usages name that of `p`; none at all is none
///   4. except for `service_tls`: exactly one URI, of the form that `p` has, and the certificate that issued
///      it directly carries the URI "muster:issuer:<role>" of the same role
/// fault untrusted, expired, or denied (3 and 4). Caller: the peer proved to hold the leaf's key; for
/// `service_tls` the name is checked with `verify_service_name`; revocation is looked up.
result<verified_chain> verify_chain(const certificate& leaf, std::span<const certificate> intermediates,
                                    std::span<const certificate> anchors, purpose p, wall_time at);

/// The purpose that the leaf's one "muster:" URI claims: to choose what to verify, proves nothing.
std::optional<purpose> claimed_purpose(const certificate& leaf);

/// Whether the service's certificate carries `name` among its DNS names; ASCII case does not count, and there
/// are no wildcards (docs/protocol.md 1: "that name"). fault denied.
status verify_service_name(const verified_chain& service, std::string_view name);

/// Whether the certificate that issued the service's directly is one of `issuers`, by the SHA-256 of its
/// SPKI: those of the trust list in force. fault untrusted: the list does not have it, or not any more.
status verify_service_issuer(const verified_chain& service, std::span<const bytes32> issuers);

} // namespace muster::crypto
