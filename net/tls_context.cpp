#include "net/tls_context.hpp"

#include "messages/vocabulary/cursor.hpp"
#include "net/tls_state.hpp"
#include "net/tls_verify.hpp"

namespace muster::net {

using crypto::openssl_fault;

namespace {

constexpr std::size_t max_certificate_list = 16 * 1024;
// We choose the keys of nodes, hubs and verifiers, so clients sign with ECDSA; a service may have an RSA key.
constexpr const char* client_signatures = "ECDSA+SHA256:ECDSA+SHA384";
constexpr const char* signatures = "ECDSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512";
constexpr const char* groups = "X25519:P-256";

/// The settings that both ends and all protocols share.
result<ssl_ctx_ptr> make_context(const SSL_METHOD* method, const tls_credentials& own) {
  ssl_ctx_ptr ctx{SSL_CTX_new(method)};
  if (!ctx) return openssl_fault(errc::internal, "tls: no context");
  auto* c = ctx.get();
  SSL_CTX_set_options(c, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
  // An idle connection holds no buffers. Our chain is exactly `own.chain`, never completed from a store.
  SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_max_cert_list(c, max_certificate_list);
  SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  if (SSL_CTX_set_min_proto_version(c, TLS1_3_VERSION) != 1 || SSL_CTX_set_num_tickets(c, 0) != 1
      || SSL_CTX_set_max_early_data(c, 0) != 1 || SSL_CTX_set_recv_max_early_data(c, 0) != 1
      || SSL_CTX_set1_groups_list(c, groups) != 1 || SSL_CTX_set1_sigalgs_list(c, signatures) != 1
      || SSL_CTX_set1_client_sigalgs_list(c, client_signatures) != 1)
    return openssl_fault(errc::internal, "tls: OpenSSL refuses our settings");

  if (SSL_CTX_use_certificate(c, own.certificate.native()) != 1)
    return openssl_fault(errc::unsupported, "tls: OpenSSL does not accept our certificate");
  for (const auto& issuer : own.chain)
    if (SSL_CTX_add1_chain_cert(c, issuer.native()) != 1)
      return openssl_fault(errc::unsupported, "tls: OpenSSL does not accept our chain");
  if (SSL_CTX_use_PrivateKey(c, own.key.native()) != 1 || SSL_CTX_check_private_key(c) != 1)
    return openssl_fault(errc::mismatch, "tls: our key does not belong to our certificate");
  return ctx;
}

// ---- callbacks: C functions that OpenSSL calls; `arg` is the pointer registered with them

/// The error that OpenSSL turns into the alert for the peer.
int x509_error_of(errc code) noexcept {
  switch (code) {
  case errc::untrusted: return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
  case errc::expired: return X509_V_ERR_CERT_HAS_EXPIRED;
  case errc::denied: return X509_V_ERR_INVALID_PURPOSE;
  default: return X509_V_ERR_APPLICATION_VERIFICATION;
  }
}

/// Reports a judgement to OpenSSL. Returns 1 if it is good, else 0.
int conclude(X509_STORE_CTX* store, handshake_notes& notes, const status& verdict) {
  ERR_clear_error(); // errors left over from judging must not look like a failure of TLS
  X509_STORE_CTX_set_error(store, verdict ? X509_V_OK : x509_error_of(verdict.fault().code));
  if (verdict) return 1;
  notes.refusal = verdict.fault();
  return 0;
}

handshake_notes& notes_of_store(X509_STORE_CTX* store) {
  return notes_of(
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx())));
}

int verify_client(X509_STORE_CTX* store, void* arg) {
  const auto& context = *static_cast<const protocol_context*>(arg);
  auto& notes = notes_of_store(store);
  // A stranger proves with its signature that the key is its own. No more is required.
  if (context.offer.protocol == tls_protocol::enrol) return conclude(store, notes, {});
  return conclude(store, notes,
                  judge_client(*X509_STORE_CTX_get0_cert(store), context.offer.roles, *context.trust, notes));
}

int verify_service(X509_STORE_CTX* store, void* arg) {
  const auto& client = *static_cast<const client_tls::state*>(arg);
  auto& notes = notes_of_store(store);
  if (!client.trust) return conclude(store, notes, {});
  return conclude(store, notes,
                  judge_service(*X509_STORE_CTX_get0_cert(store), X509_STORE_CTX_get0_untrusted(store),
                                *client.trust, client.service_name, notes));
}

/// The protocol that a hello names, if it names exactly one (RFC 7301, ProtocolNameList).
std::optional<tls_protocol> protocol_of_hello(SSL* ssl) {
  const unsigned char* extension = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &extension, &size)
      != 1)
    return std::nullopt;
  cursor in{byte_view{extension, size}};
  //   UINT16 length of the list; each name opaque<1..255>
  const bool whole = in.u16_be() == in.left();
  const auto name = in.take(in.u8());
  return whole && in.done() ? tls_protocol_from(as_text(name)) : std::nullopt;
}

int choose_context(SSL* ssl, int* alert, void* arg) {
  const auto& server = *static_cast<const server_tls::state*>(arg);
  const auto wanted = protocol_of_hello(ssl);
  for (const auto& offer : server.offers)
    if (wanted == offer->offer.protocol && SSL_set_SSL_CTX(ssl, offer->ctx.get()) != nullptr)
      return SSL_CLIENT_HELLO_SUCCESS;
  notes_of(ssl).refusal = fault{errc::denied, "tls: the hello does not name exactly one of our protocols"};
  *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
  return SSL_CLIENT_HELLO_ERROR;
}

/// Called in the chosen context, and answers with its name, which is the one that the client named.
int answer_alpn(SSL*, const unsigned char** out, unsigned char* size, const unsigned char*, unsigned,
                void* arg) {
  const auto name = alpn_of(static_cast<const protocol_context*>(arg)->offer.protocol);
  *out = as_bytes(name).data();
  *size = static_cast<unsigned char>(name.size());
  return SSL_TLSEXT_ERR_OK;
}

result<std::unique_ptr<protocol_context>> make_offer(const tls_credentials& own, const server_offer& offer,
                                                     const std::shared_ptr<const tls_trust>& trust) {
  if ((offer.protocol == tls_protocol::enrol) != offer.roles.empty())
    return fault{errc::denied, "tls: enrolment takes anybody, every other protocol names roles"};
  auto ctx = make_context(TLS_server_method(), own);
  if (!ctx) return ctx.fault();
  auto context = std::make_unique<protocol_context>(protocol_context{offer, trust, std::move(*ctx)});
  SSL_CTX_set_cert_verify_callback(context->ctx.get(), verify_client, context.get());
  SSL_CTX_set_alpn_select_cb(context->ctx.get(), answer_alpn, context.get());
  return context;
}

} // namespace

std::string_view alpn_of(tls_protocol protocol) noexcept {
  switch (protocol) {
  case tls_protocol::enrol: return "muster-enrol/1";
  case tls_protocol::agent: return "muster/1";
  case tls_protocol::hub: return "muster-hub/1";
  }
  return {};
}

std::optional<tls_protocol> tls_protocol_from(std::string_view alpn) noexcept {
  for (const auto protocol : {tls_protocol::enrol, tls_protocol::agent, tls_protocol::hub})
    if (alpn_of(protocol) == alpn) return protocol;
  return std::nullopt;
}

std::size_t max_payload_of(tls_protocol protocol) noexcept {
  return protocol == tls_protocol::enrol ? 64U * 1024 : 1024U * 1024;
}

std::string_view to_string(peer_role role) noexcept {
  switch (role) {
  case peer_role::stranger: return "stranger";
  case peer_role::service: return "service";
  case peer_role::node: return "node";
  case peer_role::verifier: return "verifier";
  case peer_role::hub: return "hub";
  }
  return "unknown";
}

bytes spki_of(const X509& certificate) {
  return crypto::to_der(X509_get_X509_PUBKEY(&certificate), i2d_X509_PUBKEY);
}

result<server_tls> server_tls::make(const tls_credentials& own, tls_trust trust,
                                    const std::vector<server_offer>& offers) {
  if (offers.empty()) return fault{errc::denied, "tls: a server that offers no protocol"};
  if (trust.anchors.empty() || trust.issuers.empty() || !trust.clock)
    return fault{errc::denied, "tls: no anchors, no issuers, or no clock"};
  const auto shared_trust = std::make_shared<const tls_trust>(std::move(trust));
  auto s = std::make_shared<state>();
  for (const auto& offer : offers) {
    auto made = make_offer(own, offer, shared_trust);
    if (!made) return made.fault();
    s->offers.push_back(std::move(*made));
  }
  auto front = make_context(TLS_server_method(), own);
  if (!front) return front.fault();
  s->front = std::move(*front);
  SSL_CTX_set_client_hello_cb(s->front.get(), choose_context, s.get());
  s->own_spki = own.certificate.fields().spki;
  return server_tls{std::move(s)};
}

namespace {

result<std::shared_ptr<client_tls::state>> make_client(const tls_credentials& own,
                                                       std::optional<tls_trust> trust, tls_protocol protocol,
                                                       std::string_view service_name) {
  auto ctx = make_context(TLS_client_method(), own);
  if (!ctx) return ctx.fault();
  auto s = std::make_shared<client_tls::state>(client_tls::state{
      std::move(trust), std::string{service_name}, std::move(*ctx), own.certificate.fields().spki});
  SSL_CTX_set_cert_verify_callback(s->ctx.get(), verify_service, s.get());
  const auto name = alpn_of(protocol);
  bytes wire{static_cast<std::uint8_t>(name.size())};
  append(wire, as_bytes(name));
  // Unlike its siblings, this function returns 0 for success.
  if (SSL_CTX_set_alpn_protos(s->ctx.get(), wire.data(), static_cast<unsigned>(wire.size())) != 0)
    return openssl_fault(errc::internal, "tls: ALPN");
  return s;
}

} // namespace

result<client_tls> client_tls::make(const tls_credentials& own, tls_trust trust, tls_protocol protocol,
                                    std::string_view service_name) {
  if (service_name.empty() || trust.anchors.empty() || !trust.clock)
    return fault{errc::denied, "tls: no name of the service, no anchors, or no clock"};
  auto made = make_client(own, std::move(trust), protocol, service_name);
  if (!made) return made.fault();
  return client_tls{std::move(*made)};
}

result<client_tls> client_tls::to_anybody(const tls_credentials& own) {
  auto made = make_client(own, std::nullopt, tls_protocol::enrol, {});
  if (!made) return made.fault();
  return client_tls{std::move(*made)};
}

} // namespace muster::net
