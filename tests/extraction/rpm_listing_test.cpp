#include "extraction/rpm_listing.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::extraction;

namespace {
const std::string sha256(64, 'a');
std::string line(const std::string& algorithm, const std::string& digest, const std::string& mode,
                 const std::string& flags = "0") {
  return "openssl\t1:3.0.7-27.el9\t" + algorithm + "\t" + digest + "\t" + mode + "\t" + flags
         + "\t/usr/bin/open ssl\n";
}
} // namespace

TEST_CASE("regular files with their digests are read from rpm's answer") {
  const auto got = parse_rpm_listing(line("8", sha256, "33261") + line("8", "", "16877")
                                     + line("8", sha256, "-32275", "17") + line("8", sha256, "41471")
                                     + line("8", "", "33188", "64"));
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  REQUIRE(got->size() == 3); // the third line has rpm's signed 16-bit mode
  CHECK((*got)[1].kind == rpm_file_kind::configuration);
  CHECK((*got)[2].digest.empty()); // a ghost
  CHECK((*got)[0].package == "openssl");
  CHECK((*got)[0].version == "1:3.0.7-27.el9");
  CHECK((*got)[0].path == "/usr/bin/open ssl");
  CHECK((*got)[0].algorithm == hash_algorithm::sha256);
  CHECK((*got)[0].digest.size() == 32);
}

TEST_CASE("MD5 does not count as a proof, and a digest of another length has no algorithm") {
  CHECK_FALSE(parse_rpm_listing(line("1", std::string(32, 'a'), "33188"))->front().algorithm);
  CHECK_FALSE(parse_rpm_listing(line("(none)", std::string(32, 'a'), "33188"))->front().algorithm);
  CHECK_FALSE(parse_rpm_listing(line("8", std::string(32, 'a'), "33188"))->front().algorithm);
}

TEST_CASE("a line of any other form is refused with its number") {
  for (const auto* bad : {"openssl\n", "a\tb\t8\tzz\t1\t0\t/x\n", "a\tb\t8\t\t1\t0\tx\n",
                          "\tb\t8\t\t1\t0\t/x\n", "a\tb\t8\t\t1\t-\t/x\n", "\n"}) {
    const auto got = parse_rpm_listing(line("8", sha256, "33261") + bad);
    REQUIRE_FALSE(got.ok());
    CHECK(got.fault().check.find("line 2") != std::string::npos);
  }
}
