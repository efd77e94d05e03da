// Frames between two ends that know each other, as a value: what a Session talks to its peer through.
#pragma once

#include "net/tls_engine.hpp"

#include <functional>
#include <memory>

namespace muster::net {

/// One end of one channel; a port. TLS is what programs use (`secure_channel`). No IO: after each call, send
/// what `take_output` gives.
class channel {
public:
  virtual ~channel() = default;

  /// What one chunk of the pipe's bytes brought.
  struct arrival {
    bool opened = false;       ///< the handshake ended just now: `peer()` is known
    bool closed = false;       ///< the peer said goodbye, between two frames
    std::vector<bytes> frames; ///< complete payloads, in order, not validated; aligned to 8 bytes
  };

  /// Any fault ends the channel: send `take_output` (the alert), then close the pipe. fault malformed or
  /// limit for a frame header, malformed for an end within a frame.
  virtual result<arrival> feed(byte_view chunk) = 0;

  /// One frame for the peer. fault limit: over the channel's limit or empty; conflict: not open.
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

/// Makes the service's end of a new channel. Any thread.
using channel_acceptor = std::function<std::unique_ptr<channel>()>;

} // namespace muster::net
