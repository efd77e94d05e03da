#include "extraction/dpkg_database.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::extraction;

TEST_CASE("only installed packages are read from dpkg's status") {
  const auto got =
      parse_dpkg_status("Package: openssl\nStatus: install ok installed\nArchitecture: amd64\n"
                        "Version: 3.0.11-1~deb12u2\nConffiles:\n /etc/ssl/x 0123\nDescription: a\n .\n b\n\n"
                        "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n"
                        "Package: held\nStatus: hold ok installed\nVersion: 2:1.0+x\n");
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  REQUIRE(got->size() == 2);
  CHECK((*got)[0].name == "openssl");
  CHECK((*got)[0].version == "3.0.11-1~deb12u2");
  CHECK((*got)[0].architecture == "amd64");
  CHECK((*got)[1].version == "2:1.0+x");
  CHECK(parse_dpkg_status("").value().empty());
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
  REQUIRE(got->size() == 2);
  CHECK((*got)[0].path == "/usr/bin/a b");
  CHECK((*got)[1].md5[0] == 0x0c);
  for (const auto* bad : {"d41d8cd98f00b204e9800998ecf8427e usr/bin/a\n", "xyz  a\n", "\n",
                          "d41d8cd98f00b204e9800998ecf8427e  \n"})
    CHECK_FALSE(parse_md5sums(bad));
  CHECK(parse_md5sums("d41d8cd98f00b204e9800998ecf8427e  a\nxx\n").fault().check.find("line 2")
        != std::string::npos);
}

TEST_CASE("diversions come in groups of three lines") {
  const auto got = parse_diversions("/usr/bin/perf\n/usr/bin/perf.old\nlinux-perf\n");
  REQUIRE(got.ok());
  CHECK(got->front().to == "/usr/bin/perf.old");
  CHECK(got->front().by == "linux-perf");
  CHECK_FALSE(parse_diversions("/a\n/b\n"));
  CHECK_FALSE(parse_diversions("a\n/b\nc\n"));
}
