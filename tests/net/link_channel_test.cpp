#include "net/link_channel.hpp"
#include "net/secure_channel.hpp"
#include "net/send_window.hpp"
#include "tests/net/pki.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::net;
using namespace muster::net::test;

namespace {

/// A service that takes agents and hubs.
server_tls with_links() {
  const auto& all = pki::ours();
  return server_tls::make(all.service_end(), all.server_trust(),
                          {{tls_protocol::agent, {peer_role::node}}, {tls_protocol::hub, {peer_role::hub}}})
      .value();
}

struct link_ends {
  explicit link_ends(const tls_credentials& lower_end = pki::ours().client_end(crypto::purpose::hub, "h1"),
                     tls_protocol protocol = tls_protocol::hub)
      : upper{std::make_unique<secure_channel>(secure_channel::accept(with_links())),
              link_side::upper,
              {0, 0, "ras", 100}},
        lower{std::make_unique<secure_channel>(
                  secure_channel::connect(pki::ours().client(lower_end, protocol))),
              link_side::lower,
              {0, 0, "rahub", 0}} {}

  /// Passes bytes until neither end has any, or one refuses.
  void run() {
    while (true) {
      const auto up = lower.take_output();
      const auto down = upper.take_output();
      if (up.empty() && down.empty()) return;
      if (auto got = upper.feed(up); !got)
        refused = got.fault();
      else
        std::ranges::move(got->messages, std::back_inserter(at_upper));
      if (auto got = lower.feed(down); !got)
        refused = refused ? refused : got.fault();
      else
        std::ranges::move(got->messages, std::back_inserter(at_lower));
      if (refused) return;
    }
  }

  link_channel upper, lower;
  std::vector<link::stream_message> at_upper, at_lower;
  std::optional<fault> refused;
};

} // namespace

TEST_CASE("a link opens with a hello each way, and carries messages both ways") {
  link_ends e;
  e.run();
  REQUIRE(e.upper.ready());
  REQUIRE(e.lower.ready());
  CHECK(e.upper.far().software == "rahub");
  CHECK(e.lower.far().streams == 100);
  CHECK(e.upper.peer().id == "h1");
  REQUIRE(e.lower.send(link::stream_open{{1}, {"10.0.0.1:5", {}}}));
  REQUIRE(e.lower.beat());
  REQUIRE(e.upper.send(link::stream_data{{1}, frame::adopt(bytes(10, 1)), 5}));
  e.run();
  REQUIRE(e.at_upper.size() == 1);
  CHECK(std::get<link::stream_open>(e.at_upper[0]).peer.address == "10.0.0.1:5");
  REQUIRE(e.at_lower.size() == 1);
  CHECK(std::get<link::stream_data>(e.at_lower[0]).waiting == 5);
}

TEST_CASE("an agent has no link") {
  link_ends e{pki::ours().node_end(), tls_protocol::agent};
  e.run();
  REQUIRE(e.refused);
  CHECK(e.refused->code == errc::denied);
}

TEST_CASE("a send window opens again when enough chunks are gone, whoever held them last") {
  int told = 0;
  std::optional<send_window> window{std::in_place, 100, [&] { ++told; }};
  auto first = window->count(bytes(60, 0));
  CHECK(window->open());
  auto second = window->count(bytes(60, 0));
  auto copy = second;
  CHECK_FALSE(window->open());
  second.reset();
  CHECK(told == 0);
  copy.reset();
  CHECK(told == 1);
  CHECK(window->open());
  window.reset(); // the owner may be gone before the carrier is
  first.reset();
  CHECK(told == 1);
}
