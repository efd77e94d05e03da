// The inside of the TLS values: OpenSSL's objects. Only for the tls_*.cpp of this folder.
#pragma once

#include "crypto/openssl.hpp"
#include "net/tls_context.hpp"

#include <openssl/ssl.h>

namespace muster::net {

using ssl_ptr = std::unique_ptr<SSL, crypto::freed_by<SSL_free>>;
using ssl_ctx_ptr = std::unique_ptr<SSL_CTX, crypto::freed_by<SSL_CTX_free>>;

/// What a server does for one ALPN name. Not moved once its SSL_CTX points at it.
struct protocol_context {
  server_offer offer;
  std::shared_ptr<const tls_trust> trust;
  ssl_ctx_ptr ctx;
};

struct server_tls::state {
  ssl_ctx_ptr front; ///< serves a connection until its hello names a protocol
  std::vector<std::unique_ptr<protocol_context>> offers;
  bytes own_spki;
};

struct client_tls::state {
  std::optional<tls_trust> trust; ///< no value: any server (`to_anybody`)
  std::string service_name;
  ssl_ctx_ptr ctx;
  bytes own_spki;
};

/// What the callbacks of one connection found out. Each SSL has its own as app data.
struct handshake_notes {
  std::optional<fault> refusal;
  peer_role role = peer_role::stranger;
  /// The peer's verified chain; no value for a stranger.
  std::optional<crypto::verified_chain> chain;
};

inline handshake_notes& notes_of(const SSL* ssl) {
  return *static_cast<handshake_notes*>(SSL_get_app_data(ssl));
}

/// The certificate's SubjectPublicKeyInfo, in DER.
bytes spki_of(const X509& certificate);

} // namespace muster::net
