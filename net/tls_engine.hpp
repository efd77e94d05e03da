// TLS as an engine: ciphertext in and out, plaintext out and in. No socket, no thread, no actor.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "net/tls_context.hpp"

namespace muster::net {

/// Who is at the other end, as proven by the handshake. Strings are checked: printable ASCII.
struct tls_peer {
  tls_protocol protocol = tls_protocol::enrol;
  peer_role role = peer_role::stranger;
  std::string id;        ///< what follows "muster:ROLE:" in the URI SAN; empty for stranger and service
  bytes spki;            ///< SubjectPublicKeyInfo, DER, as in the certificate
  bytes serial;          ///< of the certificate, big-endian; empty for a stranger
  std::string issuer;    ///< its issuer's name as one line; empty for a stranger
  wall_time not_after{}; ///< end of the certificate's validity; 0 for a stranger
  /// Of a service that was judged, as it was believed: leaf first, anchor last. Empty for all others.
  std::vector<crypto::certificate> chain;
};

/// One end of one connection. Movable; one thread at a time.
class tls_engine {
public:
  enum class phase { handshaking, open, closed };

  /// Ciphertext that a handshake may take in before it is cut: a full flight of certificates is 16 KiB.
  static constexpr std::size_t max_handshake = 32 * 1024;

  static tls_engine accept(const server_tls& with);
  /// Its first flight waits in `take_output` at once.
  static tls_engine connect(const client_tls& with);
  ~tls_engine();
  tls_engine(tls_engine&&) noexcept;
  tls_engine& operator=(tls_engine&&) noexcept;

  /// Takes all of `ciphertext`, goes on with the handshake, and appends what was decrypted to `plaintext`.
  /// A close_notify of the peer ends in phase `closed` without a fault. On a fault the engine is closed;
  /// plaintext that came before it is not handed out, and `take_output` holds the alert for the peer.
  /// fault untrusted: the peer's certificate; denied: ALPN, or the peer refused us; unsupported: version;
  /// limit: `max_handshake`; malformed: everything that is not TLS 1.3.
  status feed(byte_view ciphertext, bytes& plaintext);

  /// Encrypts; in phase `open` only (else fault conflict).
  status write(byte_view plaintext);

  /// Says close_notify, if there is somebody to say it to.
  void close();

  /// Ciphertext for the peer since the last call. Ask after `connect`, `feed`, `write` and `close`.
  bytes take_output();

  phase state() const noexcept;

  /// From phase `open` on. A client's peer is open before the service judged the client's certificate: only
  /// the first frame from the service says that it was accepted.
  const tls_peer& peer() const noexcept;
  /// tls-exporter of RFC 9266 (label EXPORTER-Channel-Binding, no context), taken when the handshake ended.
  const bytes32& exporter() const noexcept;
  /// SPKI of the certificate that this end showed, DER.
  const bytes& own_spki() const noexcept;

private:
  class session;
  explicit tls_engine(std::unique_ptr<session> s) noexcept;
  std::unique_ptr<session> session_;
};

} // namespace muster::net
