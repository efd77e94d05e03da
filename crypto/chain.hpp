// From a certificate that a peer presents to one that is believed, for one purpose.
#pragma once

#include "crypto/certificate.hpp"

#include <optional>
#include <span>

namespace muster::crypto {

/// What a certificate is for, and also who issues it: each purpose has its own issuer, so the issuer of hubs
/// cannot make a node (docs/protocol.md 1).
enum class purpose : std::uint8_t {
  service_tls, ///< serverAuth; names are DNS names
  node,        ///< clientAuth, "muster:node:<64 hex digits>"
  hub,         ///< clientAuth, "muster:hub:<id>"
  verifier,    ///< clientAuth, "muster:verifier:<id>"
  ak           ///< 2.23.133.8.3 (tcg-kp-AIKCertificate), "muster:ak:<node id>.<generation>"
};

/// "service", "node", "hub", "verifier", "ak": the word in the URI.
std::string_view to_string(purpose p) noexcept;

/// The owner of an AK, as its certificate names it.
struct ak_owner {
  node_id node;
  muster::generation generation; ///< from 1
  friend bool operator==(const ak_owner&, const ak_owner&) = default;
};
/// "<64 hex digits>.<generation>": the part of an AK certificate's URI after "muster:ak:".
std::string ak_id_of(const ak_owner& of);
/// Empty for any text that `ak_id_of` does not make.
std::optional<ak_owner> ak_owner_from(std::string_view id);

/// Most intermediates that a peer may send with its certificate.
inline constexpr std::size_t max_intermediates = 8;

/// A leaf that `verify_chain` believed; only that function can make one.
class verified_chain {
public:
  const certificate& leaf() const noexcept { return certificates_.front(); }
  /// Leaf first, anchor last; at least two.
  std::span<const certificate> certificates() const noexcept { return certificates_; }
  purpose what_for() const noexcept { return purpose_; }
  /// The part of the leaf's URI after "muster:<role>:"; empty for `service_tls`.
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
///   1. a path of signatures leads from `leaf` over `intermediates` to one of `anchors` (self-signed); every
///      certificate on it is valid at `at`, CA and path length are as BasicConstraints say, and there is no
///      unknown critical extension
///   2. the leaf is neither a CA nor an anchor
///   3. its extended key usages include that of `p`; a leaf without the extension fails
///   4. except for `service_tls`: it has exactly one URI, of the form for `p`, and its direct issuer carries
///      the URI "muster:issuer:<role>" of the same role
/// fault untrusted, expired or denied; limit: too many intermediates. The caller still has to check that the
/// peer holds the leaf's key, the name for `service_tls` (`verify_service_name`), and revocation.
result<verified_chain> verify_chain(const certificate& leaf, std::span<const certificate> intermediates,
                                    std::span<const certificate> anchors, purpose p, wall_time at);

/// The purpose that the leaf's one "muster:" URI claims. It serves to choose what to verify and proves
/// nothing.
std::optional<purpose> claimed_purpose(const certificate& leaf);

/// Whether `name` is among the DNS names of the service's certificate. ASCII case is ignored, and there are
/// no wildcards (docs/protocol.md 1: "that name"). fault denied.
status verify_service_name(const verified_chain& service, std::string_view name);

/// Whether the direct issuer of the service's certificate is one of `issuers` (SHA-256 of SPKI), which come
/// from the trust list in force. fault untrusted: the list does not have it, or no longer has it.
status verify_service_issuer(const verified_chain& service, std::span<const bytes32> issuers);

} // namespace muster::crypto
