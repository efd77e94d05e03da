// What breaks if these fail: an export destroys a device or a link, or a full disk leaves half a file in
// place of a good one.
#include "cli/files/output_file.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace muster;
using namespace muster::cli;

namespace {

namespace fs = std::filesystem;

/// A folder that is deleted after the test.
class workbench {
public:
  workbench() : path_{fs::temp_directory_path() / ("muster-output-" + std::to_string(::getpid()))} {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~workbench() { fs::remove_all(path_); }
  workbench(const workbench&) = delete;
  workbench& operator=(const workbench&) = delete;

  std::string at(const std::string& name) const { return (path_ / name).string(); }
  std::string put(const std::string& name, std::string_view content) const {
    std::ofstream{at(name), std::ios::binary} << content;
    return at(name);
  }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator{path_}, fs::directory_iterator{}));
  }

private:
  fs::path path_;
};

std::string content_of(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

unsigned mode_of(const std::string& file) {
  struct stat there {};
  REQUIRE(::stat(file.c_str(), &there) == 0);
  return there.st_mode & 07777;
}

/// Writes all of `content`; what goes to standard output is in `out`.
status save(const std::string& path, std::string_view content, std::ostream& out) {
  auto to = output_file::open(path, out);
  if (!to) return to.fault();
  if (auto written = to->write(content); !written) return written;
  return to->finish();
}

status save(const std::string& path, std::string_view content) {
  std::ostringstream unused;
  auto done = save(path, content, unused);
  CHECK(unused.str().empty());
  return done;
}

/// While this object lives, no file may grow beyond `size` bytes.
class small_files {
public:
  explicit small_files(rlim_t size) : handler_{std::signal(SIGXFSZ, SIG_IGN)} {
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit now{size, before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &now) == 0);
  }
  ~small_files() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  small_files(const small_files&) = delete;
  small_files& operator=(const small_files&) = delete;

private:
  rlimit before_{};
  void (*handler_)(int);
};

} // namespace

TEST_CASE("a new file is written completely, with 0644 less the umask") {
  const workbench here;
  const std::string much(300'000, 'x');
  const auto before = ::umask(027);
  const auto done = save(here.at("new"), much);
  ::umask(before);
  REQUIRE(done);
  CHECK(content_of(here.at("new")) == much);
  CHECK(mode_of(here.at("new")) == 0640);
  CHECK(here.entries() == 1);
}

TEST_CASE("a file is replaced as a whole and keeps its mode; until then it is unchanged") {
  const workbench here;
  const auto file = here.put("old", "old");
  REQUIRE(::chmod(file.c_str(), 0604) == 0);
  std::ostringstream unused;
  auto to = output_file::open(file, unused);
  REQUIRE(to);
  REQUIRE(to->write(std::string(200'000, 'n')));
  CHECK(content_of(file) == "old");
  REQUIRE(to->finish());
  CHECK(content_of(file).size() == 200'000);
  CHECK(mode_of(file) == 0604);
  CHECK(here.entries() == 1);
}

TEST_CASE("an unfinished file leaves no trace, and two writers at once do not mix") {
  const workbench here;
  const auto file = here.put("old", "old");
  std::ostringstream unused;
  {
    auto first = output_file::open(file, unused);
    auto second = output_file::open(file, unused);
    REQUIRE(first);
    REQUIRE(second);
    REQUIRE(first->write("first"));
    REQUIRE(second->write("second"));
    REQUIRE(second->finish());
  }
  CHECK(content_of(file) == "second");
  CHECK(here.entries() == 1);
}

TEST_CASE("a link stays, and its target is written, even if the target is new") {
  const workbench here;
  here.put("real", "old");
  fs::create_symlink("real", here.at("link"));
  fs::create_symlink(here.at("link"), here.at("second"));
  REQUIRE(save(here.at("second"), "new"));
  CHECK(fs::is_symlink(here.at("second")));
  CHECK(fs::is_symlink(here.at("link")));
  CHECK(content_of(here.at("real")) == "new");
  fs::create_symlink("made", here.at("dangling"));
  REQUIRE(save(here.at("dangling"), "more"));
  CHECK(fs::is_symlink(here.at("dangling")));
  CHECK(content_of(here.at("made")) == "more");
  fs::create_symlink("circle", here.at("circle"));
  CHECK_FALSE(save(here.at("circle"), "x"));
  CHECK(fs::is_symlink(here.at("circle")));
}

TEST_CASE("a full device is reported, and stays a device") {
  const auto done = save("/dev/full", "x");
  REQUIRE_FALSE(done);
  CHECK(done.fault().check == "/dev/full: no space left on device");
  struct stat there {};
  REQUIRE(::stat("/dev/full", &there) == 0);
  CHECK(S_ISCHR(there.st_mode));
  CHECK_FALSE(save("/dev/full", std::string(300'000, 'x')));
  CHECK(save("/dev/zero", "x"));
  const workbench here;
  fs::create_symlink("/dev/full", here.at("link"));
  CHECK(save(here.at("link"), "x").fault().check == here.at("link") + ": no space left on device");
  CHECK(fs::is_symlink(here.at("link")));
}

TEST_CASE("a FIFO is written for its reader, and stays a FIFO") {
  const workbench here;
  const auto fifo = here.at("fifo");
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  std::string got;
  std::thread reader{[&] { got = content_of(fifo); }};
  const auto done = save(fifo, std::string(200'000, 'x'));
  reader.join();
  CHECK(done);
  CHECK(got.size() == 200'000);
  CHECK(fs::is_fifo(fifo));
}

TEST_CASE("a descriptor under /dev/fd is written directly, whatever it leads to") {
  const workbench here;
  const auto file = here.put("open", "old and longer");
  const int fd = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(fd >= 0);
  struct stat before {};
  REQUIRE(::fstat(fd, &before) == 0);
  CHECK(save("/dev/fd/" + std::to_string(fd), "new"));
  struct stat after {};
  REQUIRE(::stat(file.c_str(), &after) == 0);
  CHECK(before.st_ino == after.st_ino);
  CHECK(content_of(file) == "new");
  ::close(fd);
}

TEST_CASE("standard output is written as it is, by either name") {
  std::ostringstream out;
  for (const auto* name : {"-", "/dev/stdout"}) {
    auto to = output_file::open(name, out);
    REQUIRE(to);
    CHECK(to->is_standard_output());
    REQUIRE(to->write("text"));
    CHECK(to->finish());
  }
  CHECK(out.str() == "texttext");
  out.setstate(std::ios::badbit);
  CHECK(save("-", "x", out).fault().check.starts_with("standard output: "));
}

TEST_CASE("on a full disk the old file stays, and no other file is left next to it") {
  const workbench here;
  const auto file = here.put("old", "old");
  {
    const small_files limit{100'000};
    for (const auto& name : {file, here.at("new")}) {
      const auto done = save(name, std::string(300'000, 'x'));
      REQUIRE_FALSE(done);
      CHECK(done.fault().check.starts_with(name + ": cannot be written: "));
    }
    std::ostringstream unused;
    auto to = output_file::open(file, unused);
    REQUIRE(to);
    CHECK_FALSE(to->write(std::string(300'000, 'x')));
    CHECK_FALSE(to->write("a little")); // a hole would be worse
    CHECK_FALSE(to->finish());
  }
  CHECK(content_of(file) == "old");
  CHECK(here.entries() == 1);
}

TEST_CASE("a file that may not be written is refused before anything is done") {
  const workbench here;
  fs::create_directory(here.at("folder"));
  CHECK(save(here.at("folder"), "x").fault().check == here.at("folder") + ": it is a folder");
  CHECK(save(here.at("folder/"), "x").fault().check == here.at("folder/") + ": it is a folder");
  CHECK(save(here.at("no/such"), "x").fault().check == here.at("no/such") + ": there is no such folder");
  CHECK(save("", "x").fault().code == errc::malformed);
  if (::geteuid() == 0) { // root ignores permissions, but cannot make a file below /proc either
    CHECK_FALSE(save("/proc/muster", "x"));
    return;
  }
  const auto kept = here.put("folder/kept", "old");
  REQUIRE(::chmod(kept.c_str(), 0444) == 0);
  CHECK(save(kept, "x").fault().code == errc::denied);
  REQUIRE(::chmod(kept.c_str(), 0644) == 0);
  REQUIRE(::chmod(here.at("folder").c_str(), 0555) == 0);
  CHECK(save(kept, "x").fault().code == errc::denied);
  CHECK(save(here.at("folder/new"), "x").fault().code == errc::denied);
  REQUIRE(::chmod(here.at("folder").c_str(), 0755) == 0);
  CHECK(content_of(kept) == "old");
}
