#include "net/connect.hpp"
#include "net/listen.hpp"
#include "net/socket.hpp"
#include "net/unix_name.hpp"
#include "tests/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace muster;
using namespace muster::net;
using muster::testing::temporary_folder;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

/// The connection that waits at the listener.
std::pair<socket_fd, peer_origin> accept_one(const listening_socket& from) {
  sockaddr_storage who{};
  socklen_t size = sizeof who;
  socket_fd out{::accept4(from.socket.get(), reinterpret_cast<sockaddr*>(&who), &size, SOCK_CLOEXEC)};
  REQUIRE(out.valid());
  auto origin = origin_of(out, who);
  return {std::move(out), std::move(origin)};
}

} // namespace

TEST_CASE("a listener reports its port and can be reached there, by IPv4 and by IPv6") {
  for (const auto* host : {"127.0.0.1", "::1"}) {
    CAPTURE(host);
    const auto listener = listen_on({host, 0});
    if (!listener && std::string_view{host} == "::1") {
      MESSAGE("skipped: this machine has no IPv6 loopback");
      continue;
    }
    REQUIRE(listener);
    const auto at = local_endpoint(listener->socket);
    REQUIRE(at);
    REQUIRE(at->tcp() != nullptr);
    CHECK(at->tcp()->host == host);
    CHECK(at->tcp()->port != 0);
    const auto connected = connect_to(*at, 30s);
    REQUIRE(connected);
    CHECK(remote_endpoint(*connected).value() == *at);
    const auto [accepted, origin] = accept_one(*listener);
    CHECK(origin.text() == to_string(local_endpoint(*connected).value()));
    CHECK(origin.share().of == address_key::kind::network);
    CHECK(origin.share().bits == (std::string_view{host} == "::1" ? 0U : 0x7f00'0001U));
  }
}

TEST_CASE("a listener that cannot be opened is a fault") {
  CHECK_FALSE(listen_on({"localhost.example", 0}));
  CHECK_FALSE(listen_on({"192.0.2.1", 0})); // TEST-NET-1: no machine's address
  const auto first = listen_on({"127.0.0.1", 0}).value();
  const auto at = local_endpoint(first.socket).value();
  const auto second = listen_on(at);
  REQUIRE_FALSE(second);
  CHECK(second.fault().code == errc::conflict);
  const auto tried = try_to_listen(at);
  REQUIRE_FALSE(tried);
  CHECK(tried.fault().code == errc::conflict);
  CHECK(try_to_listen({"127.0.0.1", 0}));
}

TEST_CASE("a Unix socket is made, reached, and removed with its listener") {
  const temporary_folder folder;
  const auto path = (folder.path() / "sock").string();
  {
    const auto listener = listen_on(unix_address{path});
    REQUIRE(listener);
    struct stat about {};
    REQUIRE(::lstat(path.c_str(), &about) == 0);
    CHECK(S_ISSOCK(about.st_mode));
    // Whoever reaches the file may connect; the folder says who reaches it.
    CHECK((about.st_mode & 07777U) == 0666);
    CHECK(local_endpoint(listener->socket).value() == endpoint{unix_address{path}});
    const auto connected = connect_to(unix_address{path}, 30s);
    REQUIRE(connected);
    const auto [accepted, origin] = accept_one(*listener);
    CHECK(origin.text() == "unix:uid=" + std::to_string(::geteuid()));
    CHECK(origin.share() == address_key{::geteuid(), address_key::kind::user});
    CHECK(::send(connected->get(), "x", 1, MSG_NOSIGNAL) == 1);
    char got = 0;
    CHECK(::recv(accepted.get(), &got, 1, 0) == 1);
    CHECK(got == 'x');
  }
  CHECK_FALSE(fs::exists(path));
  const auto gone = connect_to(unix_address{path}, 30s);
  REQUIRE_FALSE(gone);
  CHECK(gone.fault().code == errc::not_found);
}

TEST_CASE("the socket file of an ended process is replaced, and nothing else is") {
  const temporary_folder folder;
  const auto path = (folder.path() / "sock").string();
  const endpoint at{unix_address{path}};
  {
    const auto name = unix_name(path).value();
    const socket_fd dead{::socket(AF_UNIX, SOCK_STREAM, 0)};
    REQUIRE(::bind(dead.get(), generic(name), sizeof name) == 0);
    REQUIRE(::listen(dead.get(), 1) == 0);
    // While it lives, it keeps its place.
    CHECK(listen_on(at).fault().code == errc::conflict);
    CHECK(try_to_listen(at).fault().code == errc::conflict);
  }
  REQUIRE(fs::exists(path)); // nobody removed it
  CHECK(try_to_listen(at));
  REQUIRE(fs::exists(path)); // a look changes nothing
  {
    const auto listener = listen_on(at);
    REQUIRE(listener);
    CHECK(connect_to(at, 30s));
    // A second service does not take the place of the first.
    CHECK(listen_on(at).fault().code == errc::conflict);
    CHECK(connect_to(at, 30s));
  }
  CHECK_FALSE(fs::exists(path));
  std::ofstream{path} << "precious";
  const auto refused = listen_on(at);
  REQUIRE_FALSE(refused);
  CHECK(refused.fault().code == errc::malformed);
  CHECK(refused.fault().check.find("remove it") != std::string::npos);
  CHECK(try_to_listen(at).fault().code == errc::malformed);
  CHECK(fs::file_size(path) == 8);
  const endpoint lost{unix_address{(folder.path() / "no" / "sock").string()}};
  for (const auto& fault : {listen_on(lost).fault(), try_to_listen(lost).fault()}) {
    CHECK(fault.code == errc::io);
    CHECK(fault.check.find("its folder is missing: make ") != std::string::npos);
  }
}

TEST_CASE("a socket file that another listener put there is left alone at the end") {
  const temporary_folder folder;
  const auto path = (folder.path() / "sock").string();
  auto first = listen_on(unix_address{path});
  REQUIRE(first);
  REQUIRE(fs::remove(path));
  const auto second = listen_on(unix_address{path});
  REQUIRE(second);
  first = fault{}; // ends
  CHECK(fs::exists(path));
  CHECK(connect_to(unix_address{path}, 30s));
}

TEST_CASE("a Unix socket whose queue is full answers by the deadline") {
  const temporary_folder folder;
  const auto path = (folder.path() / "sock").string();
  const auto name = unix_name(path).value();
  const socket_fd busy{::socket(AF_UNIX, SOCK_STREAM, 0)};
  REQUIRE(::bind(busy.get(), generic(name), sizeof name) == 0);
  REQUIRE(::listen(busy.get(), 0) == 0);
  std::vector<socket_fd> crowd;
  result<socket_fd> last = fault{};
  for (int i = 0; i < 8; ++i) {
    last = connect_to(unix_address{path}, 100ms);
    if (!last) break;
    crowd.push_back(std::move(*last));
  }
  REQUIRE_FALSE(last);
  CHECK(last.fault().code == errc::timeout);
}

TEST_CASE("an origin is what the kernel says, and only of its own kind") {
  const auto vm = peer_origin::of_machine({3, 1025});
  CHECK(vm.text() == "vsock:3:1025");
  CHECK(vm.share() == peer_origin::of_machine({9, 7}).share()); // a CID identifies nobody
  const auto user = peer_origin::of_user(7);
  const auto four = address_key::from_ipv4(std::array<std::uint8_t, 4>{0, 0, 0, 7});
  CHECK_FALSE(user.share() == four);
  CHECK_FALSE(user.share() == peer_origin::of_user(8).share());
  CHECK_FALSE(vm.share() == peer_origin::of_user(0).share());
  CHECK_FALSE(vm.share() == peer_origin{}.share());
}

TEST_CASE("a descriptor has one owner") {
  auto a = std::move(listen_on({"127.0.0.1", 0}).value().socket);
  const int fd = a.get();
  socket_fd b{std::move(a)};
  CHECK(b.get() == fd);
  a = std::move(b);
  CHECK(a.get() == fd);
  CHECK_FALSE(b.valid()); // NOLINT(bugprone-use-after-move): a moved-from descriptor is none
  CHECK_FALSE(socket_fd{}.valid());
}
