// The attacks on a service with an open port, with real sockets on loopback.
#include "tests/net/service.hpp"

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <netinet/in.h>
#include <random>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>

using namespace muster;
using namespace muster::net;
using namespace muster::net::test;
using namespace std::chrono_literals;

namespace {

pipe_limits generous() {
  pipe_limits limits;
  limits.half_open = limits.half_open_each = 2'000;
  limits.accepts = {.burst = 1e6, .per_second = 1e6};
  return limits;
}

std::vector<peer> crowd(std::uint16_t port, std::size_t n) {
  std::vector<peer> out;
  out.reserve(n);
  for (std::size_t i = 0; i < n; ++i)
    out.emplace_back(port);
  return out;
}

/// A TLS client that uses OpenSSL directly, for what our own engine would never do. Returns the alert or
/// error that ended it, or 0 if it got an answer to one byte.
int plain_openssl(std::uint16_t port, const tls_credentials* own, int version, std::string_view alpn) {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> ctx{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  SSL_CTX_set_min_proto_version(ctx.get(), version);
  SSL_CTX_set_max_proto_version(ctx.get(), version);
  SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_NONE, nullptr);
  if (own != nullptr) {
    SSL_CTX_use_certificate(ctx.get(), own->certificate.native());
    SSL_CTX_use_PrivateKey(ctx.get(), own->key.native());
  }
  bytes names;
  if (!alpn.empty()) {
    for (const auto part : {alpn}) {
      names.push_back(static_cast<std::uint8_t>(part.size()));
      append(names, as_bytes(part));
    }
    SSL_CTX_set_alpn_protos(ctx.get(), names.data(), static_cast<unsigned>(names.size()));
  }
  peer p{port};
  const std::unique_ptr<SSL, void (*)(SSL*)> ssl{SSL_new(ctx.get()), SSL_free};
  SSL_set_fd(ssl.get(), p.fd());
  char byte = 'x';
  if (SSL_connect(ssl.get()) == 1 && SSL_write(ssl.get(), &byte, 1) == 1
      && SSL_read(ssl.get(), &byte, 1) == 1)
    return 0;
  const auto error = ERR_get_error();
  ERR_clear_error();
  return error == 0 ? -1 : ERR_GET_REASON(error);
}

} // namespace

TEST_CASE("500 silent peers are cut at the handshake deadline while a session continues") {
  auto limits = generous();
  limits.handshake = 3s;
  service s{limits};
  peer good{s.port()};
  REQUIRE(good.connect(good_client()));
  auto silent = crowd(s.port(), 500);
  REQUIRE(eventually([&] { return s.counters().half_open >= 1; }));
  do {
    CHECK(good.ask(bytes(200)).has_value());
  } while (s.counters().half_open > 0);
  for (auto& p : silent)
    CHECK(p.cut_off());
  const auto c = s.counters();
  CHECK(c.cut_handshake == 500);
  CHECK(c.open == 1);
  CHECK(good.ask(bytes(200)).has_value());
}

TEST_CASE("peers that shake hands get in although one address fills the places with peers that never do") {
  pipe_limits limits;
  limits.half_open = 64;
  limits.half_open_each = 16;
  limits.accepts = {.burst = 1e6, .per_second = 1e6};
  service s{limits};
  std::vector<peer> silent;
  std::size_t in = 0;
  for (int i = 0; i < 100; ++i) {
    for (int flood = 0; flood < 4; ++flood)
      silent.emplace_back(s.port());
    peer good{s.port()}; // from the same address as the flood
    in += good.connect(good_client()) && good.ask(bytes(8)) ? 1 : 0;
  }
  CHECK(in >= 90); // refusing the newest would admit none after the twentieth
  CHECK(eventually([&] { return s.counters().half_open <= 16; }));
  CHECK(s.counters().cut_crowded >= 300);
}

TEST_CASE("a hello that comes byte by byte holds up no other peer, and does not outlive the deadline") {
  auto limits = generous();
  limits.handshake = 3s;
  service s{limits};
  const auto hello = tls_engine::connect(good_client()).take_output();
  auto tricklers = crowd(s.port(), 100);
  for (std::size_t i = 0; i < 20; ++i)
    for (auto& p : tricklers)
      p.write_raw(byte_view{hello}.subspan(i, 1));
  peer good{s.port()};
  REQUIRE(good.connect(good_client()));
  CHECK(good.ask(bytes(200)).has_value());
  for (auto& p : tricklers)
    CHECK(p.cut_off());
  CHECK(s.counters().cut_handshake == 100);
}

TEST_CASE("random bytes end their own connection and nothing else") {
  service s{generous()};
  peer good{s.port()};
  REQUIRE(good.connect(good_client()));
  std::mt19937 random{20200724};
  for (int i = 0; i < 200; ++i) {
    bytes noise(300);
    for (auto& byte : noise)
      byte = static_cast<std::uint8_t>(random());
    peer p{s.port()};
    p.write_raw(noise);
    if (i % 2 == 0) CHECK(p.cut_off());
  }
  CHECK(good.ask(bytes(200)).has_value());
  CHECK(eventually([&] { return s.counters().open == 1; }));
}

TEST_CASE("peers without admission get an alert and are cut") {
  service s{generous()};
  const auto& ours = pki::ours();
  const auto node = ours.node_end();
  const auto foreign = pki::somebody_elses().node_end();
  auto server_only = node_template();
  server_only.extended_key_usages = {std::string{crypto::oid::server_auth}};
  const auto wrong_usage = pki::signed_as(server_only, ours.node);

  CHECK(plain_openssl(s.port(), nullptr, TLS1_3_VERSION, "muster/1")
        == SSL_AD_REASON_OFFSET + SSL_AD_CERTIFICATE_REQUIRED);
  CHECK(plain_openssl(s.port(), nullptr, TLS1_3_VERSION, "muster-enrol/1")
        == SSL_AD_REASON_OFFSET + SSL_AD_CERTIFICATE_REQUIRED);
  CHECK(plain_openssl(s.port(), &foreign, TLS1_3_VERSION, "muster/1")
        == SSL_AD_REASON_OFFSET + SSL_AD_UNKNOWN_CA);
  CHECK(plain_openssl(s.port(), &wrong_usage, TLS1_3_VERSION, "muster/1")
        == SSL_AD_REASON_OFFSET + SSL_AD_UNSUPPORTED_CERTIFICATE);
  CHECK(plain_openssl(s.port(), &node, TLS1_2_VERSION, "muster/1")
        == SSL_AD_REASON_OFFSET + SSL_AD_PROTOCOL_VERSION);
  for (const auto* alpn : {"", "h2", "muster-hub/1", "muster/2", "MUSTER/1"})
    CHECK(plain_openssl(s.port(), &node, TLS1_3_VERSION, alpn)
          == SSL_AD_REASON_OFFSET + SSL_AD_NO_APPLICATION_PROTOCOL);
  CHECK(s.seen.opened == 0);
  CHECK(s.seen.frames == 0);
}

TEST_CASE("a frame header that breaks the rules ends the session") {
  service s{generous()};
  for (const bytes& header : {bytes{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}, bytes{0, 0, 0, 0, 0, 0, 0, 0},
                              bytes{8, 0, 0, 0, 7, 0, 0, 0}, bytes{1, 0, 0x10, 0, 0, 0, 0, 0}}) {
    peer p{s.port()};
    auto engine = tls_engine::connect(good_client());
    bytes plaintext;
    p.write_raw(engine.take_output());
    while (engine.state() == tls_engine::phase::handshaking) {
      const auto chunk = p.read_raw();
      REQUIRE(chunk);
      REQUIRE(engine.feed(*chunk, plaintext));
      p.write_raw(engine.take_output());
    }
    REQUIRE(engine.write(header));
    p.write_raw(engine.take_output());
    CHECK(p.cut_off());
  }
  CHECK(s.seen.faults == 4);
  CHECK(s.seen.frames == 0);
}

TEST_CASE("a stranger's frame has the limit for strangers") {
  service s{generous()};
  peer p{s.port()};
  REQUIRE(p.connect(pki::ours().client(pki::stranger(), tls_protocol::enrol)));
  CHECK(p.ask(bytes(64 * 1024)).has_value());
  peer q{s.port()};
  auto engine = tls_engine::connect(pki::ours().client(pki::stranger(), tls_protocol::enrol));
  bytes plaintext;
  q.write_raw(engine.take_output());
  while (engine.state() == tls_engine::phase::handshaking) {
    const auto chunk = q.read_raw();
    REQUIRE(chunk);
    REQUIRE(engine.feed(*chunk, plaintext));
    q.write_raw(engine.take_output());
  }
  REQUIRE(engine.write(make_frame(bytes(64 * 1024 + 8))));
  q.write_raw(engine.take_output());
  CHECK(q.cut_off());
}

TEST_CASE("a peer that never reads is cut when too much output waits for it") {
  auto limits = generous();
  limits.unsent = 1024 * 1024;
  service s{limits, {.reply_size = 1'000'000}};
  peer good{s.port()};
  REQUIRE(good.connect(good_client()));
  peer deaf{s.port()};
  REQUIRE(deaf.connect(good_client()));
  // Each request of 8 bytes asks for a megabyte; the kernel's buffers take some of it.
  for (int i = 0; i < 200; ++i)
    REQUIRE(deaf.send(bytes(8)));
  CHECK(eventually([&] { return s.counters().cut_unsent == 1; }));
  CHECK(eventually([&] { return s.seen.ended_as(pipe_end::unsent); }));
  CHECK(good.ask(bytes(8)).has_value());
}

TEST_CASE("a flood of large frames does not starve a quiet session") {
  service s{generous()};
  peer good{s.port()};
  REQUIRE(good.connect(good_client()));
  std::atomic<bool> stop = false;
  std::atomic<int> flooded = 0;
  std::thread flood{[&] {
    peer p{s.port()};
    if (!p.connect(good_client())) return;
    while (!stop)
      if (p.ask(bytes(64 * 1024))) ++flooded;
  }};
  REQUIRE(eventually([&] { return flooded > 0; }));
  for (int i = 0; i < 200; ++i)
    CHECK(good.ask(bytes(200)).has_value());
  const int before = flooded;
  CHECK(eventually([&] { return flooded > before; }));
  stop = true;
  flood.join();
}

TEST_CASE("without free descriptors the listener pauses instead of spinning, and recovers") {
  auto limits = generous();
  limits.accept_pause = 50ms;
  service s{limits};
  peer good{s.port()};
  REQUIRE(good.connect(good_client()));
  // Our own sockets exist before the limit falls and connect afterwards: only the service needs new
  // descriptors.
  std::vector<socket_fd> waiting;
  for (int i = 0; i < 20; ++i)
    waiting.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit none = before;
  none.rlim_cur = static_cast<rlim_t>(waiting.back().get()) + 1;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(s.port());
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (auto& fd : waiting)
    CHECK(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
  const bool paused = eventually([&] { return s.counters().accept_pauses >= 2; });
  const bool served = good.ask(bytes(8)).has_value();
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK(paused);
  CHECK(served);
  CHECK(eventually([&] { return s.counters().accepted == 21; }));
  CHECK(s.counters().accept_pauses < 1'000);
}

TEST_CASE("none of these attacks leaves a descriptor open") {
  // OpenSSL and CAF open at first use what they keep; the second round must add nothing.
  std::size_t after_first = 0;
  for (int round = 0; round < 2; ++round) {
    {
      auto limits = generous();
      limits.handshake = 300ms;
      service s{limits};
      auto silent = crowd(s.port(), 20);
      for (int i = 0; i < 20; ++i) {
        peer p{s.port()};
        if (i % 2 == 0)
          p.write_raw(bytes(300, 0x16));
        else if (p.connect(good_client()))
          (void)p.ask(bytes(8));
      }
      for (auto& p : silent)
        CHECK(p.cut_off());
      silent.clear();
      CHECK(eventually([&] { return s.counters().open == 0; }));
      peer last{s.port()};
      (void)last.connect(good_client()); // still open when the broker ends
    }
    if (round == 0) after_first = open_descriptors();
  }
  CHECK(open_descriptors() == after_first);
}
