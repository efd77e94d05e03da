#include "tests/net/proxy/proxy_world.hpp"

using namespace muster;
using namespace muster::net;
using namespace muster::net::test;

namespace {

using namespace std::string_literals;

socks5 to_name() { return socks5::ask({"ras.example.org", 4280}, nullptr).value(); }

const std::string chosen = "\x05\0"s;
const std::string reply = "\x05\0\0\x01\x7f\0\0\x01\x12\x34"s;
const std::string request = "\x05\x01\0\x03\x0fras.example.org\x10\xb8"s;

} // namespace

TEST_CASE("a SOCKS5 proxy gets the name to resolve, or the address as bytes") {
  struct row {
    const char* host;
    std::string as;
  };
  for (const row& each :
       {row{"ras.example.org", "\x03\x0fras.example.org"s}, row{"192.0.2.7", "\x01\xc0\0\x02\x07"s},
        row{"192.0.2.256", "\x03\x0b"s + "192.0.2.256"}, row{"1.2.3", "\x03\x05"s + "1.2.3"},
        row{"::1", "\x04"s + std::string(15, '\0') + '\x01'}, row{"::", "\x04"s + std::string(16, '\0')},
        row{"2001:db8::1:2", "\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\x01\0\x02"s},
        row{"1:2:3:4:5:6:7:8", "\x04\0\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0\x07\0\x08"s},
        row{"::ffff:192.0.2.7", "\x04"s + std::string(10, '\0') + "\xff\xff\xc0\0\x02\x07"s}}) {
    CAPTURE(each.host);
    auto way = socks5::ask({each.host, 4280}, nullptr);
    REQUIRE(way);
    CHECK(sent(*way) == "\x05\x01\0"s);
    REQUIRE(way->feed(as_bytes(chosen)));
    CHECK(sent(*way) == "\x05\x01\0"s + each.as + "\x10\xb8"s);
  }
  for (const auto* bad :
       {"fe80::1%eth0", "1::2::3", "1:2:3", "1:2:3:4:5:6:7:8:9", ":1", "g::", "12345::", "::1.2.3"})
    CHECK_FALSE(socks5::ask({bad, 1}, nullptr));
}

TEST_CASE("after the reply the rest belongs to the service, to the byte") {
  const auto name = "\x05\0\0\x03\x04"s + "host" + "\0\x50"s;
  const auto no_name = "\x05\0\0\x03\0\0\0"s;
  const auto six = "\x05\0\0\x04"s + std::string(18, 'x');
  for (const auto& last : {reply, name, no_name, six})
    for (const auto& more : {""s, "\x05\0"s, "service"s}) {
      const auto end = in_every_cut(to_name, chosen + last + more);
      CHECK(end.open);
      CHECK(end.used == chosen.size() + last.size());
      CHECK(end.said == "\x05\x01\0"s + request);
    }
}

TEST_CASE("user and password are shown only to a proxy that asks for them") {
  const auto own = secret_of("user:pass word");
  const auto make = [&] { return socks5::ask({"ras.example.org", 4280}, &own).value(); };
  const auto told = in_every_cut(make, "\x05\x02"s + "\x01\0"s + reply + "more");
  CHECK(told.open);
  CHECK(told.said == "\x05\x02\0\x02"s + "\x01\x04user\x09pass word"s + request);
  const auto open_to_all = in_every_cut(make, chosen + reply);
  CHECK(open_to_all.open);
  CHECK(open_to_all.said == "\x05\x02\0\x02"s + request);
  for (const auto& refusal : {"\x05\x02\x01\x01"s, "\x05\xff"s}) {
    const auto end = in_every_cut(make, refusal);
    REQUIRE(end.why);
    CHECK(end.why->code == errc::denied);
    CHECK(end.why->check.find("does not accept the user and password") != std::string::npos);
    CHECK(end.why->check.find("pass word") == std::string::npos);
  }
  // Some hang up instead of saying no.
  auto cut = make();
  sent(cut);
  REQUIRE(cut.feed(as_bytes("\x05\x02"s)));
  CHECK(cut.ended().code == errc::denied);
}

TEST_CASE("each refusal says in words what it is") {
  const auto wanted = in_every_cut(to_name, "\x05\xff"s);
  REQUIRE(wanted.why);
  CHECK(wanted.why->check.find("it wants credentials") != std::string::npos);
  const std::pair<char, const char*> codes[] = {
      {1, "does not say why"},       {2, "its rules forbid"},
      {3, "network is unreachable"}, {4, "host is unreachable"},
      {5, "refuses the connection"}, {6, "does not answer in time"},
      {7, "makes no connections"},   {8, "kind of address"},
      {9, "answers 9: it refuses"},  {'\xff', "answers 255: it refuses"}};
  for (const auto& [code, says] : codes) {
    // Some hang up right after the code.
    for (const auto& rest : {""s, "\0\x01\0\0\0\0\0\0"s}) {
      const auto end = in_every_cut(to_name, chosen + "\x05"s + code + rest);
      REQUIRE(end.why);
      CAPTURE(end.why->check);
      CHECK(end.why->check.find(says) != std::string::npos);
    }
  }
  for (const auto& odd : {"HTTP/1.1 400 Bad Request\r\n\r\n"s, "\x04\x5a"s, chosen + "\x04"s, "\x05\x01"s,
                          "\x05\x02"s, chosen + "\x05\0\0\x02"s, "\0"s}) {
    const auto end = in_every_cut(to_name, odd);
    REQUIRE(end.why);
    CHECK(end.why->code == errc::malformed);
  }
}

TEST_CASE("a proxy that hangs up at any byte is a fault that says so") {
  const auto answer = chosen + reply;
  for (std::size_t n = 0; n < answer.size(); ++n) {
    auto way = to_name();
    sent(way);
    for (const auto each : as_bytes(answer).first(n)) {
      REQUIRE(way.feed({&each, 1}));
      sent(way);
    }
    CHECK_FALSE(way.open());
    CHECK(way.ended().check.find("hung up") != std::string::npos);
  }
}
