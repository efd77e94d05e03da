// What a TLS endpoint is willing to do, as values: who we are, whom we believe, which protocols we speak.
// TLS 1.3 only, both sides with a certificate, no resumption, no early data (docs/protocol.md 1).
#pragma once

#include "actors/runtime/clock.hpp"
#include "crypto/chain.hpp"
#include "crypto/key.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <memory>
#include <optional>

namespace muster::net {

/// The three protocols of docs/protocol.md 1, told apart by ALPN.
enum class tls_protocol : std::uint8_t { enrol, agent, hub };
std::string_view alpn_of(tls_protocol protocol) noexcept;
std::optional<tls_protocol> tls_protocol_from(std::string_view alpn) noexcept;
/// The largest payload of a frame on that channel.
std::size_t max_payload_of(tls_protocol protocol) noexcept;

/// What the other side is, by the channel alone.
enum class peer_role : std::uint8_t { stranger, service, node, verifier, hub };
std::string_view to_string(peer_role role) noexcept;

/// Our own end. `chain` are issuers to send along, the leaf's first; without the root.
struct tls_credentials {
  crypto::certificate certificate;
  std::vector<crypto::certificate> chain;
  crypto::private_key key;
};

/// Whom we believe, and whose time it is that certificates are compared with.
struct tls_trust {
  std::vector<crypto::certificate> anchors; ///< roots, at least one
  /// Issuers under the roots that sign clients, at least one for a server. What a client sends along is not
  /// used: an issuer that is not listed here any more is out. A client takes the service's from the service.
  std::vector<crypto::certificate> issuers;
  std::shared_ptr<const runtime::clock> clock;
  /// Of a client: the issuers of services that count, by SHA-256 of SPKI, at least one. Nothing: each under
  /// an anchor does, since there is no trust list yet.
  std::optional<std::vector<bytes32>> service_issuers{};
};

/// A protocol that a server offers, and which roles may speak it. `enrol` takes anybody and names no role;
/// each other protocol names at least one, since an empty list must never mean "anybody".
struct server_offer {
  tls_protocol protocol = tls_protocol::agent;
  std::vector<peer_role> roles;
};

/// The server's end of any number of channels; copies share it, any thread may use it. The client's hello
/// names exactly one of the offered protocols, and is cut otherwise; the context of that protocol then judges
/// the client's certificate:
///   enrol   any certificate; nothing is read from it but the public key
///   others  `crypto::verify_chain` for the role that its URI claims, and that role is one of the offer's
class server_tls {
public:
  /// fault mismatch: the key is not the certificate's; denied: an offer without roles or `enrol` with, no
  /// anchors, or no issuers.
  static result<server_tls> make(const tls_credentials& own, tls_trust trust,
                                 const std::vector<server_offer>& offers);

  struct state;
  const std::shared_ptr<const state>& shared() const noexcept { return state_; }

private:
  explicit server_tls(std::shared_ptr<const state> s) noexcept : state_{std::move(s)} {}
  std::shared_ptr<const state> state_;
};

/// The client's end of one protocol. The service's certificate passes `crypto::verify_chain` for service_tls
/// under one of the anchors, its issuer is one of `tls_trust::service_issuers`, and it has `service_name`
/// among its DNS names.
class client_tls {
public:
  static result<client_tls> make(const tls_credentials& own, tls_trust trust, tls_protocol protocol,
                                 std::string_view service_name);

  /// On muster-enrol/1, and whoever the server is: to fetch trust lists, which prove themselves
  /// (docs/protocol.md 1). `own` is a certificate for a key of this connection alone; nothing that comes
  /// over it is believed otherwise, and nothing goes out that a stranger may not know.
  static result<client_tls> to_anybody(const tls_credentials& own);

  struct state;
  const std::shared_ptr<const state>& shared() const noexcept { return state_; }

private:
  explicit client_tls(std::shared_ptr<const state> s) noexcept : state_{std::move(s)} {}
  std::shared_ptr<const state> state_;
};

} // namespace muster::net
