// Proxies that behave, misbehave and stay silent, over real sockets.
#include "net/connect.hpp"
#include "net/listen.hpp"
#include "net/proxy_file.hpp"
#include "tests/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <poll.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace muster;
using namespace muster::net;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

using way = proxy_endpoint::way;

/// A proxy of one connection: takes what comes until `heard` has this many bytes, then says a piece.
class scripted_proxy {
public:
  struct turn {
    std::size_t hear = 0;
    std::string say;
  };

  explicit scripted_proxy(std::vector<turn> turns, bool stays = true)
      : listener_{listen_on({"127.0.0.1", 0}).value()}, turns_{std::move(turns)}, stays_{stays},
        thread_{[this] { serve(); }} {}
  ~scripted_proxy() {
    over_ = true;
    thread_.join();
  }

  proxy_route as(way how, std::shared_ptr<const proxy_credentials> own = nullptr) const {
    return {{how, *local_endpoint(listener_.socket).value().tcp()}, std::move(own)};
  }

private:
  bool wait(int fd) const {
    pollfd one{fd, POLLIN, 0};
    while (!over_)
      if (::poll(&one, 1, 20) > 0) return true;
    return false;
  }
  void serve() {
    if (!wait(listener_.socket.get())) return;
    const socket_fd peer{::accept(listener_.socket.get(), nullptr, nullptr)};
    for (const auto& one : turns_) {
      std::size_t heard = 0;
      char c = 0;
      while (heard < one.hear && wait(peer.get()) && ::recv(peer.get(), &c, 1, 0) == 1)
        ++heard;
      ::send(peer.get(), one.say.data(), one.say.size(), MSG_NOSIGNAL);
    }
    while (stays_ && !over_)
      std::this_thread::sleep_for(5ms);
  }

  listening_socket listener_;
  std::vector<turn> turns_;
  bool stays_;
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

std::string next(const socket_fd& from, std::size_t n) {
  std::string out;
  pollfd one{from.get(), POLLIN, 0};
  while (out.size() < n && ::poll(&one, 1, 30'000) > 0) {
    char c = 0;
    if (::recv(from.get(), &c, 1, 0) != 1) break;
    out += c;
  }
  return out;
}

constexpr std::size_t connect_size = sizeof "CONNECT ras:1 HTTP/1.1\r\nHost: ras:1\r\n\r\n" - 1;
const tcp_address ras{"ras", 1};

} // namespace

TEST_CASE("the first bytes of the service come whole and first, even with the proxy's answer in one packet") {
  {
    scripted_proxy proxy{{{connect_size, "HTTP/1.1 200 OK\r\n\r\nfrom the service"}}};
    const auto socket = connect_through(proxy.as(way::http_connect), ras, 30s);
    REQUIRE(socket);
    CHECK(next(*socket, 16) == "from the service");
  }
  scripted_proxy proxy{{{3, "\x05\0"s}, {10, "\x05\0\0\x01\0\0\0\0\0\0"s + "from the service"}}};
  const auto socket = connect_through(proxy.as(way::socks5), ras, 30s);
  REQUIRE(socket);
  CHECK(next(*socket, 16) == "from the service");
}

TEST_CASE("a fault names the proxy, and never its credentials") {
  const testing::temporary_folder folder;
  const auto file = folder.file("credentials");
  std::ofstream{file} << "user:hunter2\n";
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  scripted_proxy proxy{{{1, "HTTP/1.1 407 hunter2\r\n\r\n"}}};
  const auto own = load_proxy_route(proxy.as(way::http_connect).proxy, file);
  REQUIRE(own);
  const auto refused = connect_through(*own, ras, 30s);
  REQUIRE_FALSE(refused);
  const auto& says = refused.fault().check;
  CHECK(says.starts_with("proxy http://127.0.0.1:"));
  CHECK(says.find("407") != std::string::npos);
  CHECK(says.find("hunter2") == std::string::npos);
}

TEST_CASE("a proxy that is silent or drips ends with the deadline, and one that hangs up at once") {
  {
    scripted_proxy silent{{{connect_size, "HTTP/1.1 200"}}};
    const auto late = connect_through(silent.as(way::http_connect), ras, 200ms);
    REQUIRE_FALSE(late);
    CHECK(late.fault().code == errc::timeout);
    CHECK(late.fault().check.find("does not answer within the deadline") != std::string::npos);
  }
  scripted_proxy gone{{{connect_size, "HTTP/1.1 200"}}, false};
  const auto cut = connect_through(gone.as(way::http_connect), ras, 30s);
  REQUIRE_FALSE(cut);
  CHECK(cut.fault().code == errc::io);
  CHECK(cut.fault().check.find("hung up") != std::string::npos);
}

TEST_CASE("a proxy that is not there is named") {
  proxy_route nowhere;
  {
    const auto was = listen_on({"127.0.0.1", 0}).value();
    nowhere = {{way::socks5, *local_endpoint(was.socket).value().tcp()}, nullptr};
  }
  const auto refused = connect_through(nowhere, ras, 30s);
  REQUIRE_FALSE(refused);
  CHECK(refused.fault().code == errc::io);
  CHECK(refused.fault().check.starts_with("proxy socks5://127.0.0.1:"));
  const auto unknown = connect_through({{way::http_connect, {"-", 1}}, nullptr}, ras, 30s);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.fault().code == errc::not_found);
}

TEST_CASE("credentials are read from a file that is only its owner's") {
  const testing::temporary_folder folder;
  const auto file = folder.file("credentials");
  const proxy_endpoint proxy{way::socks5, {"proxy", 1080}};
  const auto code = [&] {
    const auto read = load_proxy_route(proxy, file);
    if (!read) CHECK(read.fault().check.starts_with(file + ": "));
    return read ? std::optional<errc>{} : read.fault().code;
  };
  CHECK(load_proxy_route(proxy, {})->credentials == nullptr);
  CHECK(code() == errc::not_found);
  std::ofstream{file} << "user:hunter2\n";
  for (const auto mode : {0640U, 0604U, 0620U, 0610U}) {
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    CHECK(code() == errc::denied);
  }
  for (const auto mode : {0600U, 0400U}) {
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    CHECK(code() == std::nullopt);
  }
  CHECK(as_text(load_proxy_route(proxy, file)->credentials->password()) == "hunter2");
  if (::geteuid() == 0) {
    REQUIRE(::chown(file.c_str(), 65'534, 65'534) == 0);
    CHECK(code() == errc::denied);
    REQUIRE(::chown(file.c_str(), 0, 0) == 0);
  }
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  std::ofstream{file} << std::string(600, 'x') << ":hunter2\n";
  CHECK(code() == errc::malformed);
  CHECK(load_proxy_route(proxy, file).fault().check.find("xxx") == std::string::npos);
  REQUIRE(::unlink(file.c_str()) == 0);
  REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  CHECK(code() == errc::malformed); // and does not hang
}
