#include "extraction/sources/dpkg.hpp"
#include "tests/extraction/sources/scratch.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::extraction;
using namespace muster::extraction::testing;

namespace {

std::string md5_of(std::string_view text) {
  auto digest = crypto::running_digest::make_md5().value();
  digest.update(as_bytes(text));
  return to_hex(digest.finish().view());
}

/// A Debian machine with a merged /usr and one package, which has one program and one library.
void install(const scratch_folder& disk) {
  disk.write("/var/lib/dpkg/status",
             "Package: openssl\nStatus: install ok installed\nArchitecture: amd64\n"
             "Version: 3.0.11-1\n\nPackage: meta\nStatus: install ok installed\nVersion: 1\n");
  disk.write("/var/lib/dpkg/info/openssl:amd64.md5sums", md5_of("program") + "  bin/openssl\n"
                                                             + md5_of("library") + "  usr/lib/libssl.so.3\n"
                                                             + md5_of("doc") + "  usr/share/doc/openssl\n");
  disk.write("/usr/bin/openssl", "program");
  disk.write("/usr/lib/libssl.so.3", "library");
  disk.link("/bin", "usr/bin");
}

} // namespace

TEST_CASE("files of packages are learnt under the paths that the kernel will report") {
  const scratch_folder disk;
  install(disk);
  learnt_files learnt;
  const auto got = learn_dpkg(disk.path(), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->learnt == 2);
  CHECK(counts(*got) == "1 missing, 1 unlisted-package");
  CHECK(tells(*got, "/usr/share/doc/openssl: of openssl"));
  CHECK(tells(*got, "meta 1"));
  const auto content = learnt.content();
  CHECK(learnt_files::paths(content) == std::vector<std::string>{"/usr/bin/openssl", "/usr/lib/libssl.so.3"});
  REQUIRE(content.packages.size() == 1);
  CHECK(content.packages[0] == appraisal::package{"openssl", "3.0.11-1", appraisal::package_source::deb});
  CHECK(same(content.files[0].digest, crypto::sha256(as_bytes("program"))));
}

TEST_CASE("a modified file is never learnt, and is reported") {
  const scratch_folder disk;
  install(disk);
  disk.write("/usr/bin/openssl", "program with a back door");
  learnt_files learnt;
  const auto got = learn_dpkg(disk.path(), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->learnt == 1);
  CHECK(tells(*got, "/usr/bin/openssl: it is not the file of openssl 3.0.11-1"));
  CHECK(learnt_files::paths(learnt.content()) == std::vector<std::string>{"/usr/lib/libssl.so.3"});
}

TEST_CASE("a link in place of a file, or a folder that leads out of the root, is never followed") {
  const scratch_folder disk;
  const scratch_folder host;
  install(disk);
  host.write("/libssl.so.3", "library");
  std::filesystem::remove_all(disk.path("/usr/lib"));
  disk.link("/usr/lib", host.path());
  std::filesystem::remove(disk.path("/usr/bin/openssl"));
  disk.link("/usr/bin/openssl", host.path("/libssl.so.3"));
  learnt_files learnt;
  const auto got = learn_dpkg(disk.path(), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->learnt == 0);
  CHECK(tells(*got, "/bin/openssl: of openssl: it is a link"));
}

TEST_CASE("a diverted file is read from its diverted path") {
  const scratch_folder disk;
  install(disk);
  disk.write("/var/lib/dpkg/diversions", "/bin/openssl\n/bin/openssl.distrib\nother\n");
  disk.write("/usr/bin/openssl.distrib", "program");
  disk.write("/usr/bin/openssl", "the other one");
  learnt_files learnt;
  const auto got = learn_dpkg(disk.path(), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->learnt == 2);
  CHECK(learnt_files::paths(learnt.content())[0] == "/usr/bin/openssl.distrib");
}

TEST_CASE("a folder without a database is not a Debian machine") {
  const scratch_folder disk;
  learnt_files learnt;
  CHECK(learn_dpkg(disk.path(), learnt.into).fault().code == errc::not_found);
}

TEST_CASE("a package that is not configured yet is on the disk as a whole, and is learnt") {
  for (const auto* state :
       {"install ok unpacked", "install ok half-configured", "install ok triggers-awaited",
        "install ok triggers-pending", "hold ok installed", "deinstall ok installed"}) {
    CAPTURE(std::string{state});
    const scratch_folder disk;
    disk.write("/var/lib/dpkg/status",
               "Package: a\nStatus: " + std::string{state} + "\nArchitecture: amd64\nVersion: 1\n");
    disk.write("/var/lib/dpkg/info/a.md5sums", md5_of("a") + "  usr/bin/a\n");
    disk.write("/usr/bin/a", "a");
    learnt_files learnt;
    const auto got = learn_dpkg(disk.path(), learnt.into);
    REQUIRE_MESSAGE(got.ok(), got.fault().check);
    CHECK(got->learnt == 1);
    CHECK(counts(*got).empty());
  }
}

TEST_CASE("check 48: packages of which something else is there are counted, by what dpkg says of them") {
  const scratch_folder disk;
  disk.write("/var/lib/dpkg/status", "Package: a\nStatus: install reinstreq half-installed\nVersion: 1\n\n"
                                     "Package: b\nStatus: deinstall ok config-files\nVersion: 2\n"
                                     "Conffiles:\n /etc/b "
                                         + md5_of("b")
                                         + "\n\n"
                                           "Package: c\nStatus: unknown ok not-installed\n");
  disk.write("/var/lib/dpkg/info/a.md5sums", md5_of("a") + "  usr/bin/a\n");
  disk.write("/usr/bin/a", "a");
  disk.write("/etc/b", "b");
  learnt_files learnt;
  const auto got = learn_dpkg(disk.path(), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->learnt == 0);
  CHECK(counts(*got) == "1 unfinished-package, 1 removed-package");
  CHECK(tells(*got, "a 1: half-installed"));
  CHECK(tells(*got, "b 2"));
}

TEST_CASE("check 48: one sloppy line of md5sums costs one file and is counted") {
  const scratch_folder disk;
  install(disk);
  disk.write("/var/lib/dpkg/info/openssl:amd64.md5sums", md5_of("program") + " bin/openssl\nnonsense\n"
                                                             + md5_of("library")
                                                             + "  ./usr/lib/libssl.so.3\n");
  learnt_files learnt;
  const auto got = learn_dpkg(disk.path(), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->learnt == 2);
  CHECK(counts(*got) == "1 unread-line, 1 unlisted-package");
  CHECK(tells(*got, "openssl.md5sums: line 2"));
}

TEST_CASE(
    "check 48: configuration files are learnt by the MD5 in the status, unless they were changed there") {
  const scratch_folder disk;
  disk.write("/var/lib/dpkg/status",
             "Package: a\nStatus: install ok installed\nVersion: 1\nConffiles:\n /etc/init.d/a "
                 + md5_of("script") + "\n /etc/a b " + md5_of("setting") + "\n /etc/old " + md5_of("old")
                 + " obsolete\n /etc/new newconffile\n /etc/gone " + md5_of("gone") + "\n");
  // A tool may list a configuration file in md5sums as well.
  disk.write("/var/lib/dpkg/info/a.md5sums", md5_of("setting") + "  etc/a b\n");
  disk.write("/var/lib/dpkg/info/a.list", "/.\n/etc\n/etc/init.d/a\n/etc/a b\n/etc/new\n/etc/unlisted\n");
  disk.write("/etc/init.d/a", "script");
  disk.write("/etc/a b", "another setting");
  disk.write("/etc/old", "old");
  disk.write("/etc/new", "new");
  disk.write("/etc/unlisted", "?");
  learnt_files learnt;
  const auto got = learn_dpkg(disk.path(), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(learnt_files::paths(learnt.content()) == std::vector<std::string>{"/etc/init.d/a"});
  CHECK(counts(*got) == "1 configured, 1 obsolete, 1 missing, 2 no-digest");
  CHECK(tells(*got, "/etc/a b: it is not the file of a 1"));
  CHECK(tells(*got, "/etc/unlisted: of a"));
}

TEST_CASE("files of a package without md5sums are counted one by one") {
  const scratch_folder disk;
  disk.write("/var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nVersion: 1\n\n"
                                     "Package: empty\nStatus: install ok installed\nVersion: 1\n");
  disk.write("/var/lib/dpkg/info/a.list", "/.\n/usr\n/usr/bin\n/usr/bin/a\n/usr/bin/b\n/usr/bin/link\n");
  disk.write("/var/lib/dpkg/info/empty.list", "/.\n/usr\n");
  disk.write("/usr/bin/a", "a");
  disk.write("/usr/bin/b", "b");
  disk.link("/usr/bin/link", "a");
  learnt_files learnt;
  const auto got = learn_dpkg(disk.path(), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->learnt == 0);
  CHECK(counts(*got) == "2 no-digest, 1 unlisted-package"); // `empty` has only folders: nothing is lost
}

TEST_CASE("check 48: documentation of packages can be left out, but nothing that can be executed") {
  const scratch_folder disk;
  disk.write("/var/lib/dpkg/status", "Package: a\nStatus: install ok installed\nVersion: 1\n");
  const std::string paths[] = {"usr/bin/a",
                               "usr/share/doc/a/copyright",
                               "usr/share/doc/a/examples/run",
                               "usr/share/man/man1/a.1.gz",
                               "usr/share/locale/de/LC_MESSAGES/a.mo",
                               "usr/share/docs",
                               "usr/share/a/doc/x"};
  std::string list;
  for (const auto& path : paths) {
    disk.write("/" + path, path);
    list += md5_of(path) + "  " + path + '\n';
  }
  disk.write("/var/lib/dpkg/info/a.md5sums", list);
  std::filesystem::permissions(disk.path("/usr/share/doc/a/examples/run"), std::filesystem::perms::owner_all);
  learnt_files learnt;
  learnt.into.of_packages = documentation::leave_out;
  const auto got = learn_dpkg(disk.path(), learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(counts(*got) == "3 documentation");
  CHECK(learnt_files::paths(learnt.content())
        == std::vector<std::string>{"/usr/bin/a", "/usr/share/a/doc/x", "/usr/share/doc/a/examples/run",
                                    "/usr/share/docs"});
}
