#include "net/secure_channel.hpp"
#include "tests/net/pki.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::net;
using namespace muster::net::test;

namespace {

struct ends {
  secure_channel server;
  secure_channel client;
  std::vector<bytes> at_server, at_client;
  int opened = 0;
  bool server_closed = false;
  std::optional<fault> server_fault;

  explicit ends(tls_protocol protocol)
      : server{secure_channel::accept(pki::ours().server())},
        client{secure_channel::connect(pki::ours().client(
            protocol == tls_protocol::enrol ? pki::stranger() : pki::ours().node_end(), protocol))} {}

  void give_server(byte_view ciphertext) {
    auto got = server.feed(ciphertext);
    if (!got) {
      server_fault = got.fault();
      return;
    }
    opened += got->opened ? 1 : 0;
    server_closed |= got->closed;
    for (auto& frame : got->frames)
      at_server.push_back(std::move(frame));
  }
  void run(std::size_t piece = 1 << 20) {
    while (!server_fault) {
      const auto up = client.take_output();
      const auto down = server.take_output();
      if (up.empty() && down.empty()) return;
      for (std::size_t at = 0; at < up.size() && !server_fault; at += piece)
        give_server(byte_view{up}.subspan(at, std::min(piece, up.size() - at)));
      if (auto got = client.feed(down); got)
        for (auto& frame : got->frames)
          at_client.push_back(std::move(frame));
    }
  }
};

} // namespace

TEST_CASE("frames travel in both directions, byte by byte or at once") {
  for (const std::size_t piece : {1UL, 100UL, 1UL << 20U}) {
    ends e{tls_protocol::agent};
    e.run(piece);
    REQUIRE(e.server.open());
    REQUIRE(e.client.open());
    CHECK(e.opened == 1);
    CHECK(e.server.exporter() == e.client.exporter());
    REQUIRE(e.client.send(bytes(8, 1)));
    REQUIRE(e.client.send(bytes(max_payload_of(tls_protocol::agent), 2)));
    REQUIRE(e.server.send(bytes(200, 3)));
    e.run(piece == 1 ? 50'000 : piece);
    REQUIRE(e.at_server.size() == 2);
    CHECK(e.at_server[1] == bytes(max_payload_of(tls_protocol::agent), 2));
    REQUIRE(e.at_client.size() == 1);
    e.client.close();
    e.run(piece);
    CHECK(e.server_closed);
    CHECK(e.opened == 1);
  }
}

TEST_CASE("frames that arrive together with the end of the handshake are not lost") {
  ends e{tls_protocol::agent};
  e.give_server(e.client.take_output());
  REQUIRE(e.client.feed(e.server.take_output()));
  REQUIRE(e.client.open());
  REQUIRE(e.client.send(bytes(16, 9)));
  e.client.close();
  e.give_server(e.client.take_output());
  CHECK(e.opened == 1);
  REQUIRE(e.at_server.size() == 1);
  CHECK(e.server_closed);
}

TEST_CASE("the frame limit is the protocol's, in both directions") {
  for (const auto protocol : {tls_protocol::enrol, tls_protocol::agent}) {
    ends e{protocol};
    e.run();
    const auto most = max_payload_of(protocol);
    CHECK(most == (protocol == tls_protocol::enrol ? 65'536 : 1'048'576));
    CHECK_FALSE(e.client.send({}));
    CHECK_FALSE(e.client.send(bytes(most + 1)));
    CHECK(e.client.send(bytes(most)));
    e.run();
    CHECK(e.at_server.size() == 1);
  }
}

TEST_CASE("a stream that ends within a frame is not a goodbye") {
  auto engine = tls_engine::connect(pki::ours().client(pki::ours().node_end()));
  auto server = secure_channel::accept(pki::ours().server());
  bytes plaintext;
  REQUIRE(server.feed(engine.take_output()));
  REQUIRE(engine.feed(server.take_output(), plaintext));
  REQUIRE(engine.write(bytes{16, 0, 0, 0, 0, 0, 0, 0, 1}));
  engine.close();
  const auto got = server.feed(engine.take_output());
  REQUIRE_FALSE(got);
  CHECK(got.fault().code == errc::malformed);
}
