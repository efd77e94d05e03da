// Frames over TLS as a value: what a Session, and an agent's link, feed with the bytes of their pipe.
#pragma once

#include "net/frame_codec.hpp"
#include "net/tls_engine.hpp"

namespace muster::net {

/// One end of one channel. No IO: after each call, send what `take_output` gives.
class secure_channel {
public:
  static secure_channel accept(const server_tls& with) { return secure_channel{tls_engine::accept(with)}; }
  static secure_channel connect(const client_tls& with) { return secure_channel{tls_engine::connect(with)}; }

  /// What one chunk of ciphertext brought.
  struct arrival {
    bool opened = false;       ///< the handshake ended just now: `peer()` is known
    bool closed = false;       ///< the peer said goodbye, between two frames
    std::vector<bytes> frames; ///< complete payloads, in order, not validated; aligned to 8 bytes
  };

  /// Any fault ends the channel: send `take_output` (the alert), then close the pipe. Beyond the engine's
  /// faults: malformed or limit for a frame header, malformed for an end within a frame.
  result<arrival> feed(byte_view ciphertext);

  /// Encrypts one frame. fault limit: over the channel's limit or empty; conflict: not open.
  status send(byte_view payload);

  void close() { engine_.close(); }
  bytes take_output() { return engine_.take_output(); }

  bool open() const noexcept { return engine_.state() == tls_engine::phase::open; }
  const tls_peer& peer() const noexcept { return engine_.peer(); }
  const bytes32& exporter() const noexcept { return engine_.exporter(); }
  const bytes& own_spki() const noexcept { return engine_.own_spki(); }

private:
  explicit secure_channel(tls_engine engine) noexcept;

  tls_engine engine_;
  frame_reader reader_;
  std::size_t max_payload_;
};

} // namespace muster::net
