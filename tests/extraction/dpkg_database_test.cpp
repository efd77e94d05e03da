#include "extraction/dpkg_database.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::extraction;

TEST_CASE("packages are read with how much of them is there, whatever is wanted of them") {
  const auto got = parse_dpkg_status("Package: openssl\nStatus: install ok installed\nArchitecture: amd64\n"
                                     "Version: 3.0.11-1~deb12u2\nDescription: a\n .\n b\n\n"
                                     "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n"
                                     "Package: held\nStatus: hold ok installed\nVersion: 2:1.0+x\n\n"
                                     "Package: never\nStatus: unknown ok not-installed\n\n"
                                     "Package: available\nVersion: 1\n");
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  REQUIRE(got->size() == 3);
  CHECK((*got)[0].name == "openssl");
  CHECK((*got)[0].version == "3.0.11-1~deb12u2");
  CHECK((*got)[0].architecture == "amd64");
  CHECK((*got)[1].state == dpkg_state::removed);
  CHECK((*got)[2].state == dpkg_state::unpacked);
  CHECK((*got)[2].version == "2:1.0+x");
  CHECK(parse_dpkg_status("").value().empty());

  const struct {
    const char* status;
    dpkg_state state;
  } rows[] = {{"install ok unpacked", dpkg_state::unpacked},
              {"install ok half-configured", dpkg_state::unpacked},
              {"install ok triggers-awaited", dpkg_state::unpacked},
              {"install ok triggers-pending", dpkg_state::unpacked},
              {"deinstall ok installed", dpkg_state::unpacked},
              {"purge reinstreq installed", dpkg_state::unpacked},
              {"install reinstreq half-installed", dpkg_state::unfinished},
              {"install ok surprising", dpkg_state::unfinished},
              {"purge ok config-files", dpkg_state::removed}};
  for (const auto& row : rows) {
    CAPTURE(std::string{row.status});
    const auto one = parse_dpkg_status("Package: a\nVersion: 1\nStatus: " + std::string{row.status});
    REQUIRE(one.ok());
    REQUIRE(one->size() == 1);
    CHECK((*one)[0].state == row.state);
  }
}

TEST_CASE("configuration files have their MD5 in the status") {
  const std::string md5(32, 'a');
  const auto got = parse_dpkg_status(
      "Package: a\nStatus: install ok installed\nVersion: 1\nConffiles:\n /etc/a " + md5 + "\n /etc/b c "
      + md5 + " obsolete\n /etc/d newconffile\n /etc/e " + md5 + " remove-on-upgrade\n /etc/f\n nonsense "
      + md5 + "x\nDescription: x\n /etc/g " + md5 + "\n");
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  const auto& one = got->front();
  REQUIRE(one.conffiles.size() == 4);
  CHECK(one.conffiles[0].path == "/etc/a");
  CHECK(one.conffiles[0].md5);
  CHECK_FALSE(one.conffiles[0].obsolete);
  CHECK(one.conffiles[1].path == "/etc/b c");
  CHECK(one.conffiles[1].obsolete);
  CHECK_FALSE(one.conffiles[2].md5);
  CHECK(one.conffiles[3].obsolete);
  CHECK(one.unread == std::vector<std::size_t>{9, 10});
}

TEST_CASE("a name that would lead outside the database's folder is refused") {
  for (const std::string name : {"../../etc/passwd", ".hidden", "a/b", "", "a b"})
    CHECK_FALSE(parse_dpkg_status("Package: " + name + "\nStatus: install ok installed\nVersion: 1\n"));
  CHECK_FALSE(
      parse_dpkg_status("Package: a\nArchitecture: ../x\nStatus: install ok installed\nVersion: 1\n"));
  CHECK_FALSE(parse_dpkg_status("no field\n"));
  CHECK_FALSE(parse_dpkg_status("Package: a\nStatus: install ok installed\n"));
}

TEST_CASE("md5sums give absolute paths, also with blanks in them") {
  const auto got = parse_md5sums("d41d8cd98f00b204e9800998ecf8427e  usr/bin/a b\n"
                                 "0cc175b9c0f1b6a831c399e269772661  usr/share/x");
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  REQUIRE(got->files.size() == 2);
  CHECK(got->files[0].path == "/usr/bin/a b");
  CHECK(got->files[1].md5[0] == 0x0c);
  CHECK(got->unread.empty());
}

TEST_CASE("a sloppy line of md5sums costs at most itself") {
  const std::string md5 = "d41d8cd98f00b204e9800998ecf8427e";
  for (const auto& line : {" opt/dbeaver/x", "  opt/dbeaver/x", " *opt/dbeaver/x", "\topt/dbeaver/x",
                           "  ./opt/dbeaver/x", "  /opt/dbeaver/x", "  opt/dbeaver/x\r"}) {
    CAPTURE(std::string{line});
    const auto got = parse_md5sums(md5 + line + "\n");
    REQUIRE(got.ok());
    REQUIRE(got->files.size() == 1);
    CHECK(got->files[0].path == "/opt/dbeaver/x");
  }
  const auto nul = md5 + "  usr/bin/x" + std::string(1, '\0') + "y";
  for (const auto& bad :
       {std::string{"xyz  a"}, md5 + "  ", md5 + "usr/bin/a", md5.substr(1) + "  usr/bin/a", nul}) {
    CAPTURE(bad);
    const auto got = parse_md5sums(md5 + "  a\n" + bad + "\n\n" + md5 + "  b\n");
    REQUIRE(got.ok());
    CHECK(got->files.size() == 2);
    CHECK(got->unread == std::vector<std::size_t>{2});
  }
}

TEST_CASE("a list of a package gives its absolute paths") {
  const auto got = parse_dpkg_list("/.\n/usr\n/usr/bin/a b\nnonsense\n\n/etc/x");
  REQUIRE(got.ok());
  CHECK(*got == std::vector<std::string>{"/usr", "/usr/bin/a b", "/etc/x"});
}

TEST_CASE("diversions come in groups of three lines") {
  const auto got = parse_diversions("/usr/bin/perf\n/usr/bin/perf.old\nlinux-perf\n");
  REQUIRE(got.ok());
  CHECK(got->front().to == "/usr/bin/perf.old");
  CHECK(got->front().by == "linux-perf");
  CHECK_FALSE(parse_diversions("/a\n/b\n"));
  CHECK_FALSE(parse_diversions("a\n/b\nc\n"));
}
