// What a TLS endpoint is willing to do, as values: who we are, whom we trust, which protocols we speak.
// TLS 1.3 only, both sides show a certificate, no resumption, no early data (docs/protocol.md 1).
#pragma once

#include "actors/runtime/clock.hpp"
#include "crypto/chain.hpp"
#include "crypto/key.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <memory>
#include <optional>

namespace muster::net {

/// The three protocols of docs/protocol.md 1, distinguished by ALPN.
enum class tls_protocol : std::uint8_t { enrol, agent, hub };
std::string_view alpn_of(tls_protocol protocol) noexcept;
std::optional<tls_protocol> tls_protocol_from(std::string_view alpn) noexcept;
/// The largest payload of a frame on a channel of this protocol.
std::size_t max_payload_of(tls_protocol protocol) noexcept;

/// What the other side is, as far as the channel alone shows.
enum class peer_role : std::uint8_t { stranger, service, node, verifier, hub };
std::string_view to_string(peer_role role) noexcept;

/// Our own end. `chain` holds the issuers that are sent along, the leaf's first, without the root.
struct tls_credentials {
  crypto::certificate certificate;
  std::vector<crypto::certificate> chain;
  crypto::private_key key;
};

/// Whom we trust, and the clock that certificates are judged by.
struct tls_trust {
  std::vector<crypto::certificate> anchors; ///< roots, at least one
  /// Issuers under the roots that sign clients; a server has at least one. A server ignores the issuers that
  /// a client sends, so removing an issuer here shuts it out. A client uses those that the service sends.
  std::vector<crypto::certificate> issuers;
  std::shared_ptr<const runtime::clock> clock;
  /// For a client: the accepted issuers of services, by SHA-256 of the SPKI, at least one. Without a value
  /// every issuer under an anchor is accepted, since there is no trust list yet.
  std::optional<std::vector<bytes32>> service_issuers{};
};

/// A protocol that a server offers, and the roles that may speak it. `enrol` accepts any peer and names no
/// role. Every other protocol names at least one: an empty list must never mean "anybody".
struct server_offer {
  tls_protocol protocol = tls_protocol::agent;
  std::vector<peer_role> roles;
};

/// The server's end of any number of channels. Copies share it; any thread may use it. A client is cut unless
/// its hello names exactly one of the offered protocols. The context of that protocol then judges the
/// client's certificate:
///   enrol   any certificate; only its public key is read
///   others  `crypto::verify_chain` holds for the role that its URI claims, and the offer has that role
class server_tls {
public:
  /// fault mismatch: the key does not belong to the certificate; denied: no offer, an offer without roles
  /// (`enrol`: with roles), no anchors, no issuers, or no clock; unsupported: OpenSSL rejects the certificate
  /// or the chain.
  static result<server_tls> make(const tls_credentials& own, tls_trust trust,
                                 const std::vector<server_offer>& offers);

  struct state;
  const std::shared_ptr<const state>& shared() const noexcept { return state_; }

private:
  explicit server_tls(std::shared_ptr<const state> s) noexcept : state_{std::move(s)} {}
  std::shared_ptr<const state> state_;
};

/// The client's end of one protocol. The service's certificate has to pass `crypto::verify_chain` for
/// service_tls under one of the anchors, its issuer has to be one of `tls_trust::service_issuers` where they
/// are given, and `service_name` has to be among its DNS names.
class client_tls {
public:
  static result<client_tls> make(const tls_credentials& own, tls_trust trust, tls_protocol protocol,
                                 std::string_view service_name);

  /// A client of muster-enrol/1 that does not judge the server. Only for fetching trust lists, which prove
  /// themselves (docs/protocol.md 1). Caller: `own` is for a key that this connection alone uses; believe
  /// nothing else that comes over the connection, and send nothing that a stranger may not know.
  static result<client_tls> to_anybody(const tls_credentials& own);

  struct state;
  const std::shared_ptr<const state>& shared() const noexcept { return state_; }

private:
  explicit client_tls(std::shared_ptr<const state> s) noexcept : state_{std::move(s)} {}
  std::shared_ptr<const state> state_;
};

} // namespace muster::net
