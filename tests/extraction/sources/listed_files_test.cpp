#include "extraction/sources/listed_files.hpp"
#include "tests/extraction/sources/scratch.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::extraction;
using namespace muster::extraction::testing;

namespace {

void put(appraisal::file_claims& to, hash_algorithm algorithm, std::string_view path) {
  const bytes digest(digest_size(algorithm), 7);
  REQUIRE(to.push({appraisal::file_kind::file, algorithm, digest, path}));
}

} // namespace

TEST_CASE("a file with hashes by other algorithms only is counted, one with several is learnt once") {
  appraisal::file_claims listed;
  put(listed, hash_algorithm::sha384, "/boot/x");
  put(listed, hash_algorithm::sha512, "/boot/x");
  put(listed, hash_algorithm::sha256, "/boot/y");
  put(listed, hash_algorithm::sha384, "/boot/y");
  put(listed, hash_algorithm::sha256, "/tmp/z");
  learnt_files learnt;
  learnt.rules.exclude_files = {appraisal::pattern::make("/tmp/.*").value()};
  source_report report;
  REQUIRE(learn_listed(listed, nullptr, learnt.into, report));
  CHECK(report.learnt == 1);
  CHECK(counts(report) == "1 excluded, 1 other-algorithm");
  CHECK(report.listed(loss::other_algorithm)
        == std::vector<std::string>{"/boot/x: sha384, sha512; give one of them to --hash"});
  CHECK(learnt_files::paths(learnt.content()) == std::vector<std::string>{"/boot/y"});
}
