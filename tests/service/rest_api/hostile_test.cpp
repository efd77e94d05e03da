// What a process in the socket's group could try.
#include "tests/service/rest_api/fake_service.hpp"
#include "tests/service/rest_api/raw_client.hpp"

#include <iterator>
#include <random>
#include <sys/resource.h>

using namespace muster;
using namespace muster::service;
using namespace muster::service::rest_test;

namespace {

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all{"/proc/self/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

void check_alive(const served& here) {
  CHECK(status_of(raw_client{here.socket}.exchange(get("/livez"))) == "200");
}

rest_limits impatient() {
  rest_limits limits;
  limits.header = std::chrono::milliseconds{300};
  limits.idle = std::chrono::milliseconds{300};
  limits.body = std::chrono::milliseconds{300};
  limits.write = std::chrono::milliseconds{300};
  limits.accept_pause = std::chrono::milliseconds{20};
  limits.drain = std::chrono::milliseconds{300};
  return limits;
}

const std::string head = "POST /v1/references HTTP/1.1\r\nHost: m\r\nContent-Type: application/json\r\n";

} // namespace

TEST_CASE("framing that two parsers read in different ways is refused, and the connection ends") {
  served here;
  const std::string smuggled = "GET /livez HTTP/1.1\r\nHost: m\r\n\r\n";
  struct {
    const char* what;
    std::string request;
    const char* status;
  } const table[] = {
      {"both lengths", head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
       "400"},
      {"both, other order",
       head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + smuggled, "400"},
      {"chunked", head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + smuggled, "411"},
      {"unknown coding", head + "Transfer-Encoding: gzip\r\n\r\n{}" + smuggled, nullptr},
      {"two lengths", head + "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}" + smuggled, "400"},
      {"a list of lengths", head + "Content-Length: 2, 2\r\n\r\n{}" + smuggled, "400"},
      {"a length with a sign", head + "Content-Length: +2\r\n\r\n{}" + smuggled, "400"},
      {"a negative length", head + "Content-Length: -2\r\n\r\n{}" + smuggled, nullptr},
      {"a length in hex", head + "Content-Length: 0x2\r\n\r\n{}" + smuggled, "400"},
      {"an empty length", head + "Content-Length: \r\n\r\n{}" + smuggled, "400"},
      {"too long", head + "Content-Length: 65537\r\n\r\n{}" + smuggled, "413"},
      {"far too long", head + "Content-Length: 18446744073709551617\r\n\r\n{}" + smuggled, "413"},
  };
  for (const auto& one : table) {
    CAPTURE(one.what);
    raw_client client{here.socket};
    client.send(one.request);
    std::string all;
    CHECK(client.closed(all));
    CHECK(status_of(all).starts_with(one.status == nullptr ? "4" : one.status));
    CHECK_FALSE(holds(all, "live")); // the bytes after it were never taken for a request
    CHECK(holds(all, "application/problem+json"));
  }
  check_alive(here);
}

TEST_CASE("bytes that are not HTTP are answered with a problem that does not repeat them") {
  served here;
  std::mt19937 random{7};
  std::string noise(2000, '\0');
  for (auto& c : noise)
    c = static_cast<char>(random());
  const std::string table[] = {
      "\r\n\r\n\r\n\r\n",
      "EVIL / HTTP/1.1\r\n\r\n",
      "GET\r\n\r\n",
      "GET /livez\r\n\r\n",
      "GET /livez HTTP/9.9 extra\r\nHost: m\r\n\r\n",
      std::string{"GET /li\0vez HTTP/1.1\r\n\r\n", 25},
      "GET /livez HTTP/1.1\r\nno colon here\r\n\r\n",
      "GET /livez HTTP/1.1\r\n: empty\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
      noise + "\r\n\r\n",
  };
  for (const auto& request : table) {
    CAPTURE(request.substr(0, 30));
    raw_client client{here.socket};
    client.send(request);
    client.finish();
    std::string all;
    CHECK(client.closed(all));
    CHECK_FALSE(holds(all, "EVIL"));
    CHECK_FALSE(holds(all, "kj/"));
  }
  check_alive(here);
}

TEST_CASE("a head that only some parsers accept is refused, however its bytes are split") {
  served here;
  const std::string body = R"({"group":"web","from":" : "})";
  const auto length = std::to_string(body.size());
  const std::string good = "GET /livez HTTP/1.1\r\nHost: m\r\n\r\n";
  struct {
    const char* what;
    std::string request;
    bool taken;
  } const table[] = {
      {"a version that is none", "GET /livez HTTP/9.9\r\nHost: m\r\n\r\n", false},
      {"no header behind it", "GET /livez HTTP/2.0\r\n\r\n", false},
      {"two digits", "GET /livez HTTP/1.10\r\nHost: m\r\n\r\n", false},
      {"a word behind the version", "GET /livez HTTP/1.1 x\r\nHost: m\r\n\r\n", false},
      {"no version", "GET /livez\r\nHost: m\r\n\r\n", false},
      {"a blank before the colon", head + "Content-Length : " + length + "\r\n\r\n" + body, false},
      {"a tab before the colon", "GET /livez HTTP/1.1\r\nHost\t: m\r\n\r\n", false},
      {"a folded line", "GET /livez HTTP/1.1\r\nHost: m\r\n x\r\n\r\n", false},
      {"blanks in a body", head + "Content-Length: " + length + "\r\n\r\n" + body, true},
      {"HTTP/1.0", "GET /livez HTTP/1.0\r\n\r\n", true},
      {"no blank behind the colon", "GET /livez HTTP/1.1\r\nHost:m\r\n\r\n", true},
  };
  for (const auto& one : table)
    for (const bool behind_a_good_one : {false, true})
      for (const bool byte_by_byte : {false, true}) {
        CAPTURE(one.what);
        CAPTURE(behind_a_good_one);
        CAPTURE(byte_by_byte);
        raw_client client{here.socket};
        if (behind_a_good_one) CHECK(status_of(client.exchange(good)) == "200");
        if (!byte_by_byte)
          client.send(one.request);
        else
          for (const char c : one.request)
            client.send(std::string(1, c));
        client.finish();
        std::string all;
        CHECK(client.closed(all));
        CHECK(holds(all, "this is no HTTP/1.1 request") == !one.taken);
      }
  check_alive(here);
}

TEST_CASE("an endless head is cut, and so is one that never ends") {
  served here{impatient()};
  {
    raw_client client{here.socket};
    client.send("GET /livez HTTP/1.1\r\n");
    const std::string line = "X-Long: " + std::string(4000, 'x') + "\r\n";
    std::size_t sent = 0;
    while (sent < (std::size_t{4} << 20U) && client.send(line))
      sent += line.size();
    CHECK(sent < (std::size_t{4} << 20U)); // it was cut off far before 4 MiB
    CHECK(client.closed());
  }
  {
    raw_client client{here.socket}; // one byte now and then buys no time
    client.send("GET /livez HT");
    CHECK(client.closed());
  }
  check_alive(here);
}

TEST_CASE("a body that does not come ends with 408, and one that is cut short gets no answer") {
  served here{impatient()};
  raw_client slow{here.socket};
  slow.send(head + "Content-Length: 30\r\n\r\n{\"group\":");
  std::string all;
  CHECK(slow.closed(all));
  CHECK(status_of(all) == "408");
  raw_client cut{here.socket};
  cut.send(head + "Content-Length: 30\r\n\r\n{\"group\":");
  cut.finish();
  CHECK(cut.closed());
  CHECK(here.known->told().empty());
  check_alive(here);
}

TEST_CASE("uploads of sets are limited; a client that left makes room, and other requests do not wait") {
  auto limits = impatient();
  limits.body = std::chrono::seconds{60};
  limits.uploads = 2;
  served here{limits};
  const auto beginning = "PUT /v1/sets/" + std::string(64, 'a')
                         + " HTTP/1.1\r\nHost: m\r\nContent-Type: application/octet-stream\r\n"
                           "Content-Length: 1000000\r\n\r\n";
  auto first = std::make_unique<raw_client>(here.socket);
  raw_client second{here.socket};
  REQUIRE(first->send(beginning));
  REQUIRE(second.send(beginning));
  // It is uncertain which of the three comes last: ask until the room is full.
  const auto refused = [&] {
    raw_client third{here.socket};
    REQUIRE(third.send(beginning));
    third.finish();
    return status_of(third.answer());
  };
  std::string status;
  for (int i = 0; i < 1000 && status != "503"; ++i)
    status = refused();
  CHECK(status == "503");
  check_alive(here);
  raw_client small{here.socket};
  CHECK(status_of(small.exchange(head + "Content-Length: 2\r\n\r\n{}")) != "503");
  first.reset();
  for (int i = 0; i < 1000 && status == "503"; ++i)
    status = refused();
  CHECK(status != "503");
}

TEST_CASE("a client that does not read its answers is cut") {
  served here{impatient()};
  for (unsigned i = 0; i < 200; ++i) {
    auto id = id_of(9);
    id.raw[1] = static_cast<std::uint8_t>(i);
    here.known->add({id, "node-" + std::to_string(i)});
  }
  raw_client client{here.socket};
  std::string many;
  for (int i = 0; i < 200; ++i)
    many += get("/v1/nodes?limit=1000"); // some 16 MB of replies
  client.send(many);
  CHECK_FALSE(client.send(std::string(std::size_t{8} << 20U, 'x'))); // blocks until the server hangs up
  check_alive(here);
}

TEST_CASE("200 connections at once are each served or refused, and leave nothing open") {
  rest_limits limits;
  limits.connections = 64;
  limits.connections_per_user = 64;
  served here{limits};
  const auto before = open_descriptors();
  {
    std::vector<raw_client> all;
    for (int i = 0; i < 200; ++i)
      all.emplace_back(here.socket);
    for (auto& one : all)
      CHECK(one.connected());
    std::size_t served_now = 0;
    for (auto& one : all) {
      one.send(get("/livez"));
      const auto said = status_of(one.answer());
      if (said == "200") ++served_now;
      CHECK((said == "200" || said == "503"));
      one.finish(); // makes room for the clients that wait
    }
    CHECK(served_now >= limits.share(0));
  }
  CHECK(comes([&] { return open_descriptors() == before; }));
  check_alive(here);
}

TEST_CASE("one user cannot take all connections") {
  rest_limits limits;
  limits.connections = 64;
  limits.connections_per_user = 4;
  served here{limits};
  std::vector<raw_client> held;
  for (int i = 0; i < 4; ++i) {
    held.emplace_back(here.socket);
    CHECK(status_of(held.back().exchange(get("/livez"))) == "200");
  }
  raw_client fifth{here.socket};
  std::string all;
  CHECK(fifth.closed(all));
  CHECK(status_of(all) == "503");
  CHECK(holds(all, "too many connections"));
  held.pop_back();
  for (;;) { // until the server has seen it
    raw_client again{here.socket};
    if (status_of(again.exchange(get("/livez"))) == "200") break;
  }
}

TEST_CASE(
    "without a free descriptor the server does not stop: it accepts connections again when there are some") {
  served here{impatient()};
  check_alive(here);
  // The client has its socket before the limit falls: connecting needs no further descriptor.
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  auto none = before;
  none.rlim_cur = 3;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, here.socket.data(), here.socket.size());
  const int connected = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  // Twice: the second accept fails before it has waited for anything.
  const bool failed_twice = comes([&] { return here.lines.count("rest.accept_failed") >= 2; });
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(failed_twice);
  CHECK(connected == 0);
  check_alive(here);
  ::close(fd);
}

TEST_CASE("connections that come and go leave no descriptor open") {
  served here;
  const auto before = open_descriptors();
  for (int i = 0; i < 300; ++i) {
    raw_client client{here.socket};
    if (i % 3 == 0) client.exchange(get("/v1/nodes"));
    if (i % 3 == 1) client.send("GET /v1/no");                         // abandoned in the middle of a head
    if (i % 3 == 2) client.send(head + "Content-Length: 10\r\n\r\n{"); // and of a body
  }
  CHECK(comes([&] { return open_descriptors() == before; }));
}

TEST_CASE("a client that leaves while its answer is prepared holds nothing up") {
  served here;
  here.known->add({id_of(6), "silent"});
  {
    raw_client client{here.socket};
    client.send(with_body("POST", "/v1/nodes/silent/attest", ""));
    REQUIRE(comes([&] { return here.known->kept() > 0; }));
  }
  here.known->drop_kept(); // the reply has no client any more
  check_alive(here);
}

TEST_CASE("random bytes after a good beginning never stop the server") {
  served here{impatient()};
  std::mt19937 random{11};
  for (int i = 0; i < 100; ++i) {
    auto request =
        with_body("POST", "/v1/references", R"({"group":"web","from":"web-1"})") + get("/v1/nodes");
    for (int n = 0; n < 4; ++n)
      request[random() % request.size()] = static_cast<char>(random());
    raw_client client{here.socket};
    client.send(request);
    client.finish();
    CHECK(client.closed());
  }
  check_alive(here);
}
