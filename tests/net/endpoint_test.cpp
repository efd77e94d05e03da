#include "net/endpoint.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::net;

TEST_CASE("an endpoint reads back as it was written") {
  struct row {
    const char* text;
    const char* host;
    int port;
  };
  for (const row& r :
       {row{"127.0.0.1:4280", "127.0.0.1", 4280}, row{"[::1]:65535", "::1", 65535},
        row{"ras.example.org:0", "ras.example.org", 0}, row{"[fe80::1%eth0]:1", "fe80::1%eth0", 1}}) {
    const auto parsed = parse_endpoint(r.text);
    REQUIRE(parsed);
    CHECK(parsed->host == r.host);
    CHECK(parsed->port == r.port);
    CHECK(to_string(*parsed) == r.text);
  }
}

TEST_CASE("a malformed endpoint is refused") {
  for (const auto* bad :
       {"", ":", "host", "host:", ":80", "::1:80", "[::1]", "[::1]80", "[]:80", "host:65536", "host:-1",
        "host:+1", "host: 1", "host:1 ", "ho st:1", "host\n:1", "[host]:1", "a/b:1"})
    CHECK_FALSE(parse_endpoint(bad));
  CHECK_FALSE(parse_endpoint(std::string(254, 'a') + ":1"));
}
