// What breaks if this fails: a checkup says something else than what is on the disk.
#include "checkup/probe/paths.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace muster;
using namespace muster::checkup;

namespace {

struct folder {
  std::filesystem::path path;
  folder() {
    std::string name = (std::filesystem::temp_directory_path() / "muster-paths-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~folder() { std::filesystem::remove_all(path); }
};

} // namespace

TEST_CASE("what a path is, and whose") {
  const folder here;
  const auto file = (here.path / "file").string();
  std::ofstream{file} << "content";
  REQUIRE(::chmod(file.c_str(), 0640) == 0);
  const auto seen = look_at(file);
  CHECK(seen.kind == path_kind::file);
  CHECK(seen.mode == 0640);
  CHECK(seen.owner == this_user());
  CHECK(seen.readable);
  CHECK(seen.writable);
  CHECK(permissions_of(seen) == "0640 " + seen.owner + ':' + seen.group);
  CHECK(look_at(here.path.string()).kind == path_kind::folder);
  CHECK(look_at((here.path / "none").string()).kind == path_kind::absent);
  CHECK(look_at(file + "/below").kind == path_kind::absent);
  CHECK(look_at("/dev/null").kind == path_kind::device);
}

TEST_CASE("a socket, and whether its group is ours") {
  const folder here;
  const auto path = (here.path / "s").string();
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  path.copy(at.sun_path, sizeof at.sun_path - 1);
  REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
  const auto seen = look_at_socket(path);
  CHECK(seen.socket.kind == path_kind::socket);
  CHECK(seen.in_group);
  CHECK(seen.user == this_user());
  ::close(fd);
  CHECK(look_at_socket((here.path / "none").string()).socket.kind == path_kind::absent);
}

TEST_CASE("the space of a folder that is not there yet is that of the folder above") {
  const folder here;
  const auto seen = look_at_space((here.path / "a/b/c").string());
  CHECK(seen.problem.empty());
  CHECK(seen.free_bytes > 0);
  CHECK(seen.path == (here.path / "a/b/c").string());
}

TEST_CASE("the front of a file") {
  const folder here;
  const auto file = (here.path / "file").string();
  std::ofstream{file} << "content";
  CHECK(as_text(read_front(file, 100).value()) == "content");
  CHECK(as_text(read_front(file, 4).value()) == "cont");
  CHECK(read_front(file + "x", 4).fault().code == errc::not_found);
  // Nobody writes into it: it is not waited for.
  const auto pipe = (here.path / "pipe").string();
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(read_front(pipe, 4).value().empty());
}
