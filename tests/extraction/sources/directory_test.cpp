#include "extraction/sources/directory.hpp"
#include "tests/extraction/sources/scratch.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

using namespace muster;
using namespace muster::extraction;
using namespace muster::extraction::testing;

TEST_CASE("a folder is learnt by the paths that its machine will see") {
  const scratch_folder disk;
  disk.write("/usr/bin/ls", "ls");
  disk.write("/usr/lib/x.pyc", "cache");
  disk.write("/home/a", "a");
  learnt_files learnt;
  learnt.rules.exclude_files = {appraisal::pattern::make("/.*\\.pyc").value()};
  const auto got = learn_directory({disk.path("/usr"), disk.path()}, learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->learnt == 1);
  CHECK(counts(*got) == "1 excluded");
  const auto content = learnt.content();
  CHECK(learnt_files::paths(content) == std::vector<std::string>{"/usr/bin/ls"});
  CHECK(same(content.files[0].digest, crypto::sha256(as_bytes("ls"))));
}

TEST_CASE("links are not followed, out of the root or within it; pipes and sockets are not files") {
  const scratch_folder disk;
  const scratch_folder elsewhere;
  elsewhere.write("/secret", "s");
  disk.write("/bin/a", "a");
  disk.link("/bin/b", "a");
  disk.link("/bin/out", elsewhere.path("/secret"));
  disk.link("/outside", elsewhere.path());
  REQUIRE(::mkfifo(disk.path("/pipe").c_str(), 0600) == 0);
  learnt_files learnt;
  const auto got = learn_directory({disk.path(), disk.path()}, learnt.into);
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(learnt_files::paths(learnt.content()) == std::vector<std::string>{"/bin/a"});
}

TEST_CASE("every requested algorithm gives an entry") {
  const scratch_folder disk;
  disk.write("/a", "a");
  learnt_files learnt;
  learnt.into.algorithms = {hash_algorithm::sha1, hash_algorithm::sha256, hash_algorithm::sha512};
  REQUIRE(learn_directory({disk.path(), disk.path()}, learnt.into));
  const auto content = learnt.content();
  REQUIRE(content.files.size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(same(content.files[i].digest, crypto::hash(content.files[i].algorithm, as_bytes("a")).view()));
}

TEST_CASE("a folder outside the root has no path there, and a missing folder is reported") {
  const scratch_folder disk;
  const scratch_folder other;
  learnt_files learnt;
  CHECK(learn_directory({other.path(), disk.path()}, learnt.into).fault().code == errc::denied);
  CHECK(learn_directory({disk.path("/x"), disk.path()}, learnt.into).fault().code == errc::not_found);
}
