// What must be on disk when a call returns. What breaks if these fail: a key, a list or a certificate that
// was reported as stored is gone after a crash, or only half of it is there.
#include "files/whole_file.hpp"
#include "tests/temporary_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace muster;
namespace fs = std::filesystem;

namespace {

/// The calls made on the disk, in order, with names of files.
std::vector<std::string> asked;
bool sync_works = true;

struct place {
  place() {
    asked.clear();
    sync_works = true;
  }

  std::string name() const { return folder.filename().string(); }
  std::string content(const char* file) const {
    const auto got = files::read_whole(folder / file, 100);
    return got ? std::string{as_text(*got)} : std::string{to_string(got.fault().code)};
  }

  testing::temporary_folder own;
  const fs::path& folder = own.path();
};

using calls = std::vector<std::string>;

} // namespace

// Replaces the C library's function in this program.
extern "C" int fsync(int fd) {
  std::error_code ignored;
  const auto file = fs::read_symlink("/proc/self/fd/" + std::to_string(fd), ignored);
  asked.push_back("sync " + file.filename().string());
  if (sync_works) return static_cast<int>(::syscall(SYS_fsync, fd));
  errno = EIO;
  return -1;
}
extern "C" int rename(const char* from, const char* to) noexcept {
  asked.push_back("rename " + fs::path{to}.filename().string());
  return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

TEST_CASE("a file is replaced as a whole, and is durable when the call returns") {
  const place w;
  REQUIRE(files::replace_durably(w.folder / "a", as_bytes("one"), 0600).ok());
  CHECK(asked == calls{"sync a.new", "rename a", "sync " + w.name()});
  CHECK(w.content("a") == "one");
  struct stat about {};
  REQUIRE(::stat((w.folder / "a").c_str(), &about) == 0);
  CHECK((about.st_mode & 07777U) == 0600);
  // An existing file may have been renamed by a process that was cut off: its folder may not be on disk yet.
  asked.clear();
  REQUIRE(files::replace_durably(w.folder / "a", as_bytes("one"), 0600).ok());
  CHECK(asked == calls{"sync " + w.name()});
  CHECK_FALSE(fs::exists(w.folder / "a.new"));

  asked.clear();
  REQUIRE(files::make_folder(w.folder / "below").ok());
  REQUIRE(files::rename_durably(w.folder / "a", w.folder / "below" / "b").ok());
  CHECK(asked == calls{"sync " + w.name(), "rename b", "sync below", "sync " + w.name()});
  asked.clear();
  REQUIRE(files::remove_durably(w.folder / "below" / "b").ok());
  REQUIRE(files::remove_durably(w.folder / "below" / "b").ok());
  CHECK(asked == calls{"sync below", "sync below"});
}

TEST_CASE("a write that fails leaves the old content, and no other file next to it") {
  const place w;
  REQUIRE(files::replace_durably(w.folder / "a", as_bytes("one"), 0600).ok());
  sync_works = false;
  const auto failed = files::replace_durably(w.folder / "a", as_bytes("two"), 0600);
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.fault().code == errc::io);
  CHECK(w.content("a") == "one");
  CHECK_FALSE(fs::exists(w.folder / "a.new"));
  // The file has the content, but it may not be durable.
  CHECK_FALSE(files::replace_durably(w.folder / "a", as_bytes("one"), 0600).ok());
  sync_works = true;
  // A leftover of a crash next to it does no harm; a link there is not followed.
  REQUIRE(files::replace_durably(w.folder / "other", as_bytes("kept"), 0600).ok());
  fs::create_symlink(w.folder / "other", w.folder / "a.new");
  REQUIRE(files::replace_durably(w.folder / "a", as_bytes("three"), 0640).ok());
  CHECK(w.content("a") == "three");
  CHECK(w.content("other") == "kept");
  CHECK_FALSE(files::replace_durably(w.folder / "no" / "a", as_bytes("one"), 0600).ok());
}

TEST_CASE("a file is read whole or not at all") {
  const place w;
  REQUIRE(files::replace_durably(w.folder / "a", as_bytes("12345"), 0640).ok());
  CHECK(files::read_whole(w.folder / "a", 5).ok());
  CHECK(files::read_whole(w.folder / "a", 4).fault().code == errc::limit);
  CHECK(files::read_whole(w.folder / "a", 5, 0077).fault().code == errc::denied);
  CHECK(files::read_whole(w.folder / "b", 5).fault().code == errc::not_found);
  CHECK(files::read_whole(w.folder, 5).fault().code == errc::io);
  REQUIRE(files::replace_durably(w.folder / "empty", {}, 0600).ok());
  CHECK(files::read_whole(w.folder / "empty", 0)->empty());
}
