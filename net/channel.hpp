// Frames between two ends that know each other, as a value. A Session talks to its peer through it.
#pragma once

#include "net/tls_engine.hpp"

#include <functional>
#include <memory>

namespace muster::net {

/// One end of one channel; a port. Programs use the TLS one (`secure_channel`). It does no IO: after each
/// call, the caller sends what `take_output` returns.
class channel {
public:
  virtual ~channel() = default;

  /// The result of feeding one chunk of the pipe's bytes.
  struct arrival {
    bool opened = false;       ///< this chunk completed the handshake: `peer()` is known
    bool closed = false;       ///< the peer said goodbye, between two frames
    std::vector<bytes> frames; ///< complete payloads, in order, not validated; aligned to 8 bytes
  };

  /// Any fault ends the channel: the caller sends `take_output` (the alert), then closes the pipe. fault
  /// malformed or limit: a bad frame header; malformed: the stream ends within a frame.
  virtual result<arrival> feed(byte_view chunk) = 0;

  /// Sends one frame to the peer. fault limit: over the channel's limit or empty; conflict: not open.
  virtual status send(byte_view payload) = 0;

  virtual void close() = 0;
  virtual bytes take_output() = 0;

  virtual bool open() const noexcept = 0;
  virtual const tls_peer& peer() const noexcept = 0;
  virtual const bytes32& exporter() const noexcept = 0;
  virtual const bytes& own_spki() const noexcept = 0;

protected:
  channel() = default;
  channel(channel&&) = default;
  channel& operator=(channel&&) = default;
};

/// Makes the service's end of a new channel. May be called on any thread.
using channel_acceptor = std::function<std::unique_ptr<channel>()>;

} // namespace muster::net
