#include "messages/vocabulary/endpoint.hpp"

#include <doctest/doctest.h>

using namespace muster;

TEST_CASE("an endpoint reads back as it was written") {
  struct row {
    const char* text;
    endpoint is;
  };
  const row rows[] = {
      {"127.0.0.1:4280", {"127.0.0.1", 4280}},
      {"[::1]:65535", {"::1", 65'535}},
      {"ras.example.org:1", {"ras.example.org", 1}},
      {"[fe80::1%eth0]:1", {"fe80::1%eth0", 1}},
      {"unix:/run/muster/agents/sock", unix_address{"/run/muster/agents/sock"}},
      {"unix:/a b:c", unix_address{"/a b:c"}},
      {"vsock:2:4280", vsock_address{2, 4280}},
      {"vsock:0:1", vsock_address{0, 1}},
      {"vsock:4294967294:4294967294", vsock_address{4'294'967'294, 4'294'967'294}},
      {"vsock:any:4280", vsock_address{vsock_address::any, 4280}},
  };
  for (const auto& each : rows) {
    CAPTURE(each.text);
    const auto parsed = parse_endpoint(each.text);
    REQUIRE(parsed);
    CHECK(*parsed == each.is);
    CHECK(to_string(*parsed) == each.text);
  }
  CHECK(endpoint{"h", 1}.tcp() != nullptr);
  CHECK(endpoint{unix_address{"/a"}}.tcp() == nullptr);
}

TEST_CASE("a malformed endpoint is refused, with the form that it seems to have") {
  for (const auto* bad :
       {"",        "127.0.0.1", ":4280",    "host:",     "host:0",   "host:65536", "host:04280",
        "host:-1", "host:+1",   "host: 1",  "host:1 ",   "host\n:1", "::1:4280",   "[::1]",
        "[::1]80", "[]:1",      "[host]:1", "host :1",   "-h:1",     "a..b:1",     "host:80:80",
        "h/x:1",   "a/b:1",     "Unix:/a",  "http://h:1"}) {
    CAPTURE(bad);
    const auto parsed = parse_endpoint(bad);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.fault().check.find("vsock:2:4280") != std::string::npos);
    CHECK(parsed.fault().check.find("[2001:db8::1]:4280") != std::string::npos);
  }
  for (const auto& bad :
       {std::string{"unix:"}, std::string{"unix:/"}, std::string{"unix:sock"}, std::string{"unix:/a/../b"},
        std::string{"unix:/a/"}, std::string{"unix://a"}, std::string{"unix:4280"}, std::string{"unix:/a\nb"},
        std::string{"unix:/a\0b", 9}, "unix:/" + std::string(107, 'x')}) {
    CAPTURE(bad);
    const auto parsed = parse_endpoint(bad);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.fault().check.find("unix: and an absolute path") != std::string::npos);
  }
  CHECK(parse_endpoint("unix:/" + std::string(106, 'x')));
  for (const auto* bad : {"vsock:", "vsock:2", "vsock:2:", "vsock::1", "vsock:2:0", "vsock:02:1",
                          "vsock:2:01", "vsock:-1:1", "vsock:2:1:1", "vsock:4294967295:1",
                          "vsock:2:4294967295", "vsock:ANY:1", "vsock:4280", "vsock: 2:1", "vsock:2:any"}) {
    CAPTURE(bad);
    const auto parsed = parse_endpoint(bad);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.fault().check.find("vsock:CID:PORT") != std::string::npos);
  }
  CHECK_FALSE(parse_endpoint(std::string(254, 'a') + ":1"));
}

TEST_CASE("a proxy reads back as it was written, and never has credentials in it") {
  using way = proxy_endpoint::way;
  CHECK(*parse_proxy("http://proxy:3128") == proxy_endpoint{way::http_connect, {"proxy", 3128}});
  CHECK(*parse_proxy("socks5://[::1]:1080") == proxy_endpoint{way::socks5, {"::1", 1080}});
  for (const auto* same : {"http://proxy.example.org:3128", "socks5://192.0.2.1:1080", "http://[::1]:1"})
    CHECK(to_string(*parse_proxy(same)) == same);
  for (const auto* bad : {"", "proxy:3128", "http://proxy", "http://proxy:3128/", "https://proxy:3128",
                          "socks5h://proxy:1080", "socks4://proxy:1080", "http://:3128", "http://proxy:0",
                          "socks5://unix:/a", "http://unix:/a", "HTTP://proxy:1"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_proxy(bad));
  }
  const auto leaking = parse_proxy("http://user:hunter2@proxy:3128");
  REQUIRE_FALSE(leaking);
  CHECK(leaking.fault().check.find("hunter2") == std::string::npos);
  CHECK(leaking.fault().check.find("via_credentials") != std::string::npos);
}
