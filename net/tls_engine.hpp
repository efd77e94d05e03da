// TLS as an engine: ciphertext in, plaintext out, and the reverse. No socket, no thread, no actor.
#pragma once

#include "messages/vocabulary/ids.hpp"
#include "net/tls_context.hpp"

namespace muster::net {

/// Who is at the other end, as the handshake proved it. Strings have been checked: printable ASCII.
struct tls_peer {
  tls_protocol protocol = tls_protocol::enrol;
  peer_role role = peer_role::stranger;
  std::string id;        ///< the part after "muster:ROLE:" in the URI SAN; empty for stranger and service
  bytes spki;            ///< SubjectPublicKeyInfo, DER, as in the certificate
  bytes serial;          ///< of the certificate, big-endian; empty for a stranger
  std::string issuer;    ///< its issuer's name as one line; empty for a stranger
  wall_time not_after{}; ///< end of the certificate's validity; 0 for a stranger
  /// For a service that was judged: the verified chain, leaf first, anchor last. Empty for every other peer.
  std::vector<crypto::certificate> chain;
};

/// One end of one connection. Movable; only one thread may use it at a time.
class tls_engine {
public:
  enum class phase { handshaking, open, closed };

  /// The most ciphertext that a handshake may take in, in bytes: a full flight of certificates is 16 KiB.
  static constexpr std::size_t max_handshake = 32 * 1024;

  static tls_engine accept(const server_tls& with);
  /// The first flight is in `take_output` at once.
  static tls_engine connect(const client_tls& with);
  ~tls_engine();
  tls_engine(tls_engine&&) noexcept;
  tls_engine& operator=(tls_engine&&) noexcept;

  /// Takes all of `ciphertext`, continues the handshake, and appends the decrypted bytes to `plaintext`.
  /// After a close_notify from the peer the phase is `closed`, without a fault. After a fault the engine is
  /// closed; plaintext of the same call is not handed out, and `take_output` holds the alert for the peer.
  /// fault untrusted, expired or denied: the peer's certificate; denied: ALPN, or the peer refused us;
  /// unsupported: version; limit: `max_handshake`; malformed: anything that is not TLS 1.3; conflict: the
  /// engine was already closed.
  status feed(byte_view ciphertext, bytes& plaintext);

  /// Encrypts. Only in phase `open`, else fault conflict.
  status write(byte_view plaintext);

  /// Sends close_notify if the handshake is complete.
  void close();

  /// The ciphertext for the peer since the last call. Call it after `connect`, `feed`, `write` and `close`.
  bytes take_output();

  phase state() const noexcept;

  /// Valid from phase `open` on. A client's engine is open before the service has judged the client's
  /// certificate: only the first frame from the service shows that it was accepted.
  const tls_peer& peer() const noexcept;
  /// The tls-exporter of RFC 9266 (label EXPORTER-Channel-Binding, empty context), taken after the handshake.
  const bytes32& exporter() const noexcept;
  /// The SPKI, in DER, of the certificate that this end showed.
  const bytes& own_spki() const noexcept;

private:
  class session;
  explicit tls_engine(std::unique_ptr<session> s) noexcept;
  std::unique_ptr<session> session_;
};

} // namespace muster::net
