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
  CHECK(got->left_out == 1);
  CHECK(tells(*got, "1 files that packages list are not there"));
  CHECK(tells(*got, "1 packages have no list of MD5s"));
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
  CHECK(tells(*got, "/bin/openssl: it is a link"));
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
