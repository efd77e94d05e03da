// Frames over TLS as a value. A Session, or an agent's link, feeds it with the bytes of its pipe.
#pragma once

#include "net/channel.hpp"
#include "net/frame_codec.hpp"
#include "net/tls_engine.hpp"

namespace muster::net {

/// In addition to the faults of `channel`, `feed` returns those of `tls_engine`.
class secure_channel final : public channel {
public:
  static secure_channel accept(const server_tls& with) { return secure_channel{tls_engine::accept(with)}; }
  static secure_channel connect(const client_tls& with) { return secure_channel{tls_engine::connect(with)}; }

  result<arrival> feed(byte_view ciphertext) override;
  status send(byte_view payload) override;
  void close() override { engine_.close(); }
  bytes take_output() override { return engine_.take_output(); }

  bool open() const noexcept override { return engine_.state() == tls_engine::phase::open; }
  const tls_peer& peer() const noexcept override { return engine_.peer(); }
  const bytes32& exporter() const noexcept override { return engine_.exporter(); }
  const bytes& own_spki() const noexcept override { return engine_.own_spki(); }

private:
  explicit secure_channel(tls_engine engine) noexcept;

  tls_engine engine_;
  frame_reader reader_;
  std::size_t max_payload_;
};

} // namespace muster::net
