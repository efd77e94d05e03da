#include "net/socket.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::net;
using namespace std::chrono_literals;

TEST_CASE("a listener reports its port and can be reached there, by IPv4 and by IPv6") {
  for (const auto* host : {"127.0.0.1", "::1"}) {
    CAPTURE(host);
    const auto listener = listen_on({host, 0});
    if (!listener && std::string_view{host} == "::1") {
      MESSAGE("skipped: this machine has no IPv6 loopback");
      continue;
    }
    REQUIRE(listener);
    const auto at = local_endpoint(*listener);
    REQUIRE(at);
    CHECK(at->host == host);
    CHECK(at->port != 0);
    const auto connected = connect_to(*at, 30s);
    REQUIRE(connected);
    CHECK(remote_endpoint(*connected).value() == *at);
  }
}

TEST_CASE("a listener that cannot be opened is a fault") {
  CHECK_FALSE(listen_on({"localhost.example", 0}));
  CHECK_FALSE(listen_on({"192.0.2.1", 0})); // TEST-NET-1: no machine's address
  const auto first = listen_on({"127.0.0.1", 0}).value();
  CHECK_FALSE(listen_on(local_endpoint(first).value()));
}

TEST_CASE("a descriptor has one owner") {
  auto a = listen_on({"127.0.0.1", 0}).value();
  const int fd = a.get();
  socket_fd b{std::move(a)};
  CHECK(b.get() == fd);
  a = std::move(b);
  CHECK(a.get() == fd);
  CHECK_FALSE(b.valid()); // NOLINT(bugprone-use-after-move): a moved-from descriptor is none
  CHECK_FALSE(socket_fd{}.valid());
}
