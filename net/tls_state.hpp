// Inside of the TLS values: OpenSSL's objects. For the tls_*.cpp of this folder only.
#pragma once

#include "crypto/openssl.hpp"
#include "net/tls_context.hpp"

#include <openssl/ssl.h>

namespace muster::net {

using crypto::freed_by;
using crypto::x509_ptr;
using ssl_ptr = std::unique_ptr<SSL, freed_by<&SSL_free>>;
using ssl_ctx_ptr = std::unique_ptr<SSL_CTX, freed_by<&SSL_CTX_free>>;
using x509_ptr = std::unique_ptr<X509, freed_by<&X509_free>>;
using x509_store_ptr = std::unique_ptr<X509_STORE, freed_by<&X509_STORE_free>>;

/// The issuers of one role, each an anchor.
struct issuer_store {
  peer_role role = peer_role::node;
  x509_store_ptr anchors;
};

/// What a server does for one ALPN name. Not moved once its SSL_CTX points at it.
struct protocol_context {
  tls_protocol protocol = tls_protocol::enrol;
  ssl_ctx_ptr ctx;
  std::vector<issuer_store> issuers;
};

struct server_tls::state {
  ssl_ctx_ptr front; ///< serves a connection until its hello names a protocol
  std::vector<std::unique_ptr<protocol_context>> offers;
  bytes own_spki;
};

struct client_tls::state {
  tls_protocol protocol = tls_protocol::enrol;
  ssl_ctx_ptr ctx;
  x509_store_ptr anchors;
  std::string service_name;
  bytes own_spki;
};

/// What the callbacks of one connection found out; each SSL carries its own as app data.
struct handshake_notes {
  std::optional<fault> refusal;
  peer_role role = peer_role::stranger;
  std::string id;
};

inline handshake_notes& notes_of(const SSL* ssl) {
  return *static_cast<handshake_notes*>(SSL_get_app_data(ssl));
}

/// One certificate, DER, nothing behind it; null for anything else.
x509_ptr parse_certificate(byte_view der);
/// SubjectPublicKeyInfo as the certificate has it, DER.
bytes spki_of(const X509& certificate);

} // namespace muster::net
