// What breaks if these fail: root chooses entries that fall into one place of a table, and one machine keeps
// the service busy for hours.
#include "appraisal/files/appraise_files.hpp"
#include "appraisal/files/seen_claims.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

#include <cstring>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

namespace {

/// Claims that would fall into one place if a table combined the first bytes of a digest with std::hash of
/// the path, which anyone can compute.
file_claims colliding(std::size_t count) {
  file_claims out;
  for (std::size_t i = 0; i < count; ++i) {
    const auto path = "/tmp/" + std::to_string(i);
    bytes32 digest{};
    const auto word = std::hash<std::string_view>{}(path);
    std::memcpy(digest.data(), &word, sizeof word);
    std::memcpy(digest.data() + 16, &i, sizeof i);
    REQUIRE(out.push({file_kind::file, hash_algorithm::sha256, digest, path}));
  }
  return out;
}

} // namespace

TEST_CASE("check 25: entries that were chosen to collide cost as much as others") {
  file_claims known;
  push_file(known, "/usr/bin/ls", "ls 1");
  const auto reference = reference_of(verified(grub_machine()), known);
  for (const std::size_t count : {std::size_t{1000}, std::size_t{10'000}, std::size_t{40'000}}) {
    const auto judged = appraise_files(colliding(count), reference.get(), policy{}, {1, 2});
    CHECK(judged.total == count);
    CHECK(judged.steps < 6 * count); // including the cost of growing
  }
  // Any number of equal entries counts as one.
  file_claims same;
  for (int i = 0; i < 10'000; ++i)
    push_file(same, "/tmp/x", "evil");
  const auto judged = appraise_files(same, reference.get(), policy{}, {1, 2});
  CHECK(judged.total == 1);
  CHECK(judged.steps <= 10'000);
}

TEST_CASE("check 25: the place of a claim depends on the seed and on all of the claim") {
  file_claims files;
  push_file(files, "/a", "1");
  push_file(files, "/a", "2");
  push_file(files, "/b", "1");
  push_file(files, "/a", "1", file_kind::critical_data);
  std::vector<std::uint64_t> hashes;
  for (const hash_seed& seed : {hash_seed{1, 2}, hash_seed{1, 3}, hash_seed{2, 2}})
    for (std::size_t i = 0; i < files.size(); ++i)
      hashes.push_back(hash_of(files[i], seed));
  auto last = files[0]; // the last byte of the digest counts, too
  auto digest = muster::to_bytes(last.digest);
  digest.back() ^= 1;
  last.digest = digest;
  hashes.push_back(hash_of(last, {1, 2}));
  std::ranges::sort(hashes);
  CHECK(std::unique(hashes.begin(), hashes.end()) == hashes.end());
}
