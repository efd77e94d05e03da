// What a TLS endpoint is willing to do, as values: who we are, whom we believe, which protocols we speak.
// TLS 1.3 only, both sides with a certificate, no resumption, no early data (PROTOCOL 1).
#pragma once

#include "crypto/key.hpp"
#include "messages/vocabulary/bytes.hpp"
#include "messages/vocabulary/result.hpp"

#include <memory>
#include <optional>

namespace muster::net {

/// The three protocols of PROTOCOL 1, told apart by ALPN.
enum class tls_protocol : std::uint8_t { enrol, agent, hub };
std::string_view alpn_of(tls_protocol protocol) noexcept;
std::optional<tls_protocol> tls_protocol_from(std::string_view alpn) noexcept;
/// The largest payload of a frame on that channel.
std::size_t max_payload_of(tls_protocol protocol) noexcept;

/// What the other side is, by the channel alone.
enum class peer_role : std::uint8_t { stranger, service, node, verifier, hub };
std::string_view to_string(peer_role role) noexcept;

/// Our own end. `chain` are issuers to send along, leaf's issuer first; without the root.
struct tls_credentials {
  bytes certificate; ///< DER
  std::vector<bytes> chain;
  crypto::private_key key;
};

/// Whose certificates prove `role` (node, verifier or hub). Each is an anchor of its own, root or not.
struct client_issuers {
  peer_role role = peer_role::node;
  std::vector<bytes> certificates; ///< DER
};

/// A protocol that a server offers, and who may speak it. `enrol` takes anybody and has no issuers; each
/// other protocol has at least one issuer, since an empty set must never mean "anybody".
struct server_offer {
  tls_protocol protocol = tls_protocol::agent;
  std::vector<client_issuers> issuers;
};

/// The server's end of any number of channels; copies share it, any thread may use it. The client's hello
/// names exactly one of the offered protocols, and is cut otherwise; the context of that protocol then judges
/// the client's certificate:
///   enrol   any certificate; nothing is read from it but the public key
///   others  chain to an issuer of the role that its one URI SAN (muster:ROLE:ID) claims, EKU clientAuth
///           present, valid now
class server_tls {
public:
  /// fault malformed: a certificate does not parse; mismatch: the key is not the certificate's; denied: an
  /// offer without issuers, or `enrol` with.
  static result<server_tls> make(const tls_credentials& own, const std::vector<server_offer>& offers);

  struct state;
  const std::shared_ptr<const state>& shared() const noexcept { return state_; }

private:
  explicit server_tls(std::shared_ptr<const state> s) noexcept : state_{std::move(s)} {}
  std::shared_ptr<const state> state_;
};

/// The client's end of one protocol. The service's certificate must chain to one of `anchors` (at least one),
/// carry EKU serverAuth, and have `service_name` among its DNS names (no wildcards, never the common name).
class client_tls {
public:
  static result<client_tls> make(const tls_credentials& own, tls_protocol protocol,
                                 const std::vector<bytes>& anchors, std::string_view service_name);

  struct state;
  const std::shared_ptr<const state>& shared() const noexcept { return state_; }

private:
  explicit client_tls(std::shared_ptr<const state> s) noexcept : state_{std::move(s)} {}
  std::shared_ptr<const state> state_;
};

} // namespace muster::net
