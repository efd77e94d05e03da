#include "tests/net/proxy/proxy_world.hpp"

using namespace muster;
using namespace muster::net;
using namespace muster::net::test;

namespace {

http_connect plain() { return http_connect::ask({"ras.example.org", 4280}, nullptr).value(); }

outcome answered(std::string_view answer) { return in_every_cut(plain, answer); }

} // namespace

TEST_CASE("CONNECT names the service, and shows credentials only if there are any") {
  auto named = plain();
  CHECK(sent(named) == "CONNECT ras.example.org:4280 HTTP/1.1\r\nHost: ras.example.org:4280\r\n\r\n");
  CHECK(sent(named).empty());
  auto six = http_connect::ask({"2001:db8::1", 1}, nullptr).value();
  CHECK(sent(six) == "CONNECT [2001:db8::1]:1 HTTP/1.1\r\nHost: [2001:db8::1]:1\r\n\r\n");
  const auto own = secret_of("Aladdin:open sesame"); // RFC 7617 2
  auto authorised = http_connect::ask({"h", 1}, &own).value();
  CHECK(sent(authorised)
        == "CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n"
           "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n");
  const auto two = secret_of("a:b\n"), three = secret_of("a:bc\r\n"), four = secret_of("ab:c");
  for (const auto& [each, as] : {std::pair{&two, "YTpi"}, {&three, "YTpiYw=="}, {&four, "YWI6Yw=="}}) {
    auto way = http_connect::ask({"h", 1}, each).value();
    CHECK(sent(way).find("Basic " + std::string{as} + "\r\n") != std::string::npos);
  }
  CHECK_FALSE(http_connect::ask({"fe80::1%eth0", 1}, nullptr));
}

TEST_CASE("after a 2xx the rest belongs to the service, to the byte") {
  for (const auto* header :
       {"HTTP/1.1 200 Connection established\r\n\r\n", "HTTP/1.0 200\r\n\r\n", "HTTP/1.1 200 \nVia: x\n\n",
        "HTTP/1.0 200 OK\r\nProxy-agent: tinyproxy/1.11\r\n\r\n",
        // RFC 9110 9.3.6: a length in a 2xx to CONNECT is ignored.
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 Fine\r\nA: b\r\n\r\n"}) {
    CAPTURE(header);
    const std::string_view text{header};
    for (const auto& more :
         {std::string{}, std::string{"\r\n\r\n"}, std::string{"\x16\x03\x03service", 10}}) {
      const auto end = answered(std::string{text} + more);
      CHECK(end.open);
      CHECK(end.used == text.size());
    }
  }
}

TEST_CASE("each refusal says what it is and what to do") {
  struct row {
    const char* answer;
    errc code;
    const char* says;
  };
  const row rows[] = {
      {"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n",
       errc::denied, "answers 407: it wants credentials"},
      {"HTTP/1.1 401 Unauthorized\r\n\r\n", errc::denied, "it wants credentials"},
      {"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<html>no</html>", errc::denied,
       "answers 403: it forbids the connection; let it allow CONNECT"},
      {"HTTP/1.1 405 Method Not Allowed\r\n\r\n", errc::denied, "is this a web server and no proxy?"},
      {"HTTP/1.1 502 Bad Gateway\r\n\r\n", errc::busy, "cannot reach the service"},
      {"HTTP/1.1 503 Service Unavailable\r\n\r\n", errc::busy, "too busy"},
      {"HTTP/1.1 511 Network Authentication Required\r\n\r\n", errc::denied, "a portal for people"},
      {"HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n", errc::denied, "a portal for people"},
      {"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\n\r\n<html>", errc::denied,
       "with a page"},
      {"<!DOCTYPE html><html>Sign in", errc::denied, "a portal for people"},
      {"HTTP/1.1 599 What\r\n\r\n", errc::denied, "answers 599: it refuses"},
      {"SSH-2.0-OpenSSH_9.2\r\n", errc::malformed, "does not answer in HTTP"},
      {"\x05\xff", errc::malformed, "is it a SOCKS proxy"},
      {"\r\nHTTP/1.1 200 OK\r\n\r\n", errc::malformed, "does not answer in HTTP"},
      {"HTTP/1.1 2000 OK\r\n\r\n", errc::malformed, "does not answer in HTTP"},
      {"HTTP/1.1 20 OK\r\n\r\n", errc::malformed, "does not answer in HTTP"},
      {"HTTP/1.1  200 OK\r\n\r\n", errc::malformed, "does not answer in HTTP"},
      {"HTTP/2 200\r\n\r\n", errc::malformed, "does not answer in HTTP"},
      {"HTTP/1.1 099 x\r\n\r\n", errc::denied, "answers 99"},
  };
  for (const auto& each : rows) {
    CAPTURE(each.answer);
    const auto end = answered(each.answer);
    REQUIRE(end.why);
    CHECK(end.why->code == each.code);
    CAPTURE(end.why->check);
    CHECK(end.why->check.find(each.says) != std::string::npos);
  }
}

TEST_CASE("wrong credentials are told from missing ones, and never shown") {
  const auto own = secret_of("user:hunter2");
  const auto end = in_every_cut(
      [&] {
        return http_connect::ask({"h", 1}, &own).value();
      },
      "HTTP/1.1 407 user:hunter2\r\n\r\n");
  REQUIRE(end.why);
  CHECK(end.why->check.find("does not accept the user and password") != std::string::npos);
  CHECK(end.why->check.find("hunter2") == std::string::npos);
}

TEST_CASE("a header is bounded, whatever it consists of") {
  const std::string start = "HTTP/1.1 200 OK\r\n";
  const auto padded = [&](std::size_t size) {
    return start + "X: " + std::string(size - start.size() - 3 - 4, 'x') + "\r\n\r\n";
  };
  CHECK(talk(plain(), padded(http_connect::max_header), 4096, 4096).open);
  const auto over = talk(plain(), padded(http_connect::max_header + 1), 4096, 4096);
  REQUIRE(over.why);
  CHECK(over.why->code == errc::limit);
  std::string interim;
  while (interim.size() <= http_connect::max_header)
    interim += "HTTP/1.1 100 Continue\r\n\r\n";
  const auto endless = talk(plain(), interim, 1000, 1000);
  REQUIRE(endless.why);
  CHECK(endless.why->code == errc::limit);
}

TEST_CASE("a proxy that hangs up at any byte is a fault that says so") {
  const std::string answer = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
  for (std::size_t n = 0; n < answer.size(); ++n) {
    auto way = plain();
    REQUIRE(way.feed(as_bytes(answer).first(n)));
    CHECK_FALSE(way.open());
    CHECK(way.ended().check.find("hung up") != std::string::npos);
  }
}

TEST_CASE("credentials are one line with a user and a password") {
  for (const auto* good : {"u:p", "u:p\n", "u:p\r\n", "u:p:q", "u: ", "\xc3\xbc:\xc3\xa4"})
    CHECK(parse_proxy_credentials(crypto::secret{to_bytes(as_bytes(good))}));
  const auto colon = secret_of("u:p:q\n");
  CHECK(as_text(colon.user()) == "u");
  CHECK(as_text(colon.password()) == "p:q");
  CHECK(as_text(colon.whole()) == "u:p:q");
  for (const auto& bad :
       {std::string{}, std::string{"\n"}, std::string{"u"}, std::string{":p"}, std::string{"u:"},
        std::string{"u:p\n\n"}, std::string{"u:p\nv:q\n"}, std::string{"u:p\r\nX: y"},
        std::string{"u\0:p", 4}, std::string(256, 'u') + ":p", "u:" + std::string(256, 'p')})
    CHECK_FALSE(parse_proxy_credentials(crypto::secret{to_bytes(as_bytes(bad))}));
  CHECK(parse_proxy_credentials(
      crypto::secret{to_bytes(as_bytes(std::string(255, 'u') + ":" + std::string(255, 'p') + "\r\n"))}));
}
