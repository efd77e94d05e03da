#include "service/rest_api/unix_listener.hpp"
#include "tests/service/rest_api/fake_service.hpp"
#include "tests/service/rest_api/raw_client.hpp"

#include <fstream>
#include <grp.h>
#include <sys/stat.h>

using namespace muster;
using namespace muster::service::rest_api;
using namespace muster::service::rest_test;

namespace {

mode_t mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 07777U;
}

errc code_of(const result<unix_listener>& opened) {
  REQUIRE_FALSE(opened);
  return opened.fault().code;
}

} // namespace

TEST_CASE("the socket is open to its owner and group only, whatever the umask") {
  const testing::temporary_folder folder;
  for (const mode_t mask : {mode_t{0}, mode_t{077}, mode_t{022}}) {
    const auto before = ::umask(mask);
    const auto opened = unix_listener::open(folder.file("s"), {});
    ::umask(before);
    REQUIRE(opened);
    CHECK(mode_of(folder.file("s")) == 0660);
    CHECK(raw_client{folder.file("s")}.connected());
  }
  CHECK_FALSE(std::filesystem::exists(folder.file("s")));
}

TEST_CASE("a group is looked up, and one that does not exist stops the start") {
  const testing::temporary_folder folder;
  const auto* own = ::getgrgid(::getgid());
  REQUIRE(own != nullptr);
  CHECK(unix_listener::open(folder.file("s"), own->gr_name));
  CHECK(code_of(unix_listener::open(folder.file("s"), "no-such-group-here")) == errc::not_found);
}

TEST_CASE("a dead socket file is replaced; a live one and other files are not") {
  const testing::temporary_folder folder;
  const auto path = folder.file("s");
  {
    // The socket as a killed process leaves it: bound, closed, never unlinked.
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(fd);
  }
  auto first = unix_listener::open(path, {});
  REQUIRE(first);
  CHECK(raw_client{path}.connected());
  CHECK(code_of(unix_listener::open(path, {})) == errc::conflict);
  CHECK(raw_client{path}.connected()); // the refusal did not affect the first listener

  std::ofstream{folder.file("data")} << "precious";
  CHECK(code_of(unix_listener::open(folder.file("data"), {})) == errc::malformed);
  CHECK(std::filesystem::file_size(folder.file("data")) == 8);

  const auto lost = unix_listener::open(folder.file("missing/s"), {});
  CHECK(code_of(lost) == errc::io);
  CHECK(lost.fault().check.find("its folder is missing: make " + folder.file("missing"))
        != std::string::npos);
  CHECK(code_of(unix_listener::open("", {})) == errc::malformed);
  CHECK(code_of(unix_listener::open(folder.file(std::string(120, 's')), {})) == errc::malformed);
}

TEST_CASE("a successor's file is left alone") {
  const testing::temporary_folder folder;
  const auto path = folder.file("s");
  auto first = unix_listener::open(path, {});
  REQUIRE(first);
  std::filesystem::remove(path); // an operator removed it, and a second service started
  const auto second = unix_listener::open(path, {});
  REQUIRE(second);
  { const auto gone = std::move(*first); }
  CHECK(raw_client{path}.connected());
}

TEST_CASE("the kernel identifies the client") {
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  const auto who = peer_of(ends[0]);
  REQUIRE(who);
  CHECK(to_string(*who) == "uid=" + std::to_string(::getuid()) + " pid=" + std::to_string(::getpid()));
  CHECK_FALSE(peer_of(-1));
  ::close(ends[0]);
  ::close(ends[1]);
}
