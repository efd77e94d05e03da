// A channel without TLS: the same frames, with peer, key and exporter given by the caller.
#pragma once

#include "net/channel.hpp"
#include "net/frame_codec.hpp"

namespace muster::simulation {

/// What both ends know about a channel.
struct channel_identity {
  net::tls_peer peer; ///< as the service sees it
  bytes32 exporter{};
  bytes service_spki;
};

/// The service's end. The handshake ends with the first chunk.
class clear_channel final : public net::channel {
public:
  explicit clear_channel(channel_identity who)
      : who_{std::move(who)}, reader_{net::max_payload_of(who_.peer.protocol)} {}

  result<arrival> feed(byte_view chunk) override;
  status send(byte_view payload) override;
  void close() override { open_ = false; }
  bytes take_output() override { return std::exchange(output_, {}); }

  bool open() const noexcept override { return open_; }
  const net::tls_peer& peer() const noexcept override { return who_.peer; }
  const bytes32& exporter() const noexcept override { return who_.exporter; }
  const bytes& own_spki() const noexcept override { return who_.service_spki; }

private:
  channel_identity who_;
  net::frame_reader reader_;
  bytes output_;
  bool open_ = false;
  bool shaken_ = false;
};

} // namespace muster::simulation
