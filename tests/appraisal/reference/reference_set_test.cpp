#include "appraisal/reference/reference_set.hpp"
#include "tests/appraisal/samples.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::appraisal::samples;

TEST_CASE("an empty reference set is a fault: it would let everything pass") {
  const auto nothing = reference_set::make({});
  REQUIRE_FALSE(nothing);
  CHECK(nothing.fault().code == errc::denied);

  reference_content only_files;
  push_file(only_files.files, "/usr/bin/ls", "ls");
  CHECK_FALSE(reference_set::make(only_files));
}

TEST_CASE("no set is made from a machine that did not quote what must be equal") {
  auto content = verified(grub_machine()).get();
  std::erase_if(content.pcrs, [](const auto& p) { return p.index == 4; });
  CHECK_THROWS((void)reference_from(claims_from_record(content), {}, "x")); // it may not teach: boot.unquoted
}

TEST_CASE("boot_aggregate and violations are never reference entries") {
  file_claims files;
  push_file(files, "boot_aggregate", "x", file_kind::boot_aggregate);
  push_file(files, "/etc/passwd", "", file_kind::violation);
  push_file(files, "keyring", "x", file_kind::other);
  push_file(files, "/usr/bin/ls", "ls");
  const auto made = reference_from(verified(grub_machine()), files, "x");
  REQUIRE(made);
  REQUIRE(made->files.size() == 1);
  CHECK(made->files[0].path == "/usr/bin/ls");

  // A set that was stored with such an entry is refused when it is loaded.
  auto forged = *made;
  push_file(forged.files, "boot_aggregate", "x", file_kind::boot_aggregate);
  CHECK_FALSE(reference_set::make(forged));
  forged = *made;
  REQUIRE(forged.files.push({file_kind::file, hash_algorithm::sha256, bytes32{}, "/zero"}));
  CHECK_FALSE(reference_set::make(forged));
  forged = *made;
  REQUIRE(forged.files.push({file_kind::file, hash_algorithm::sha256, as_bytes("short"), "/short"}));
  CHECK_FALSE(reference_set::make(forged));
}

TEST_CASE("a set finds each of its 100,000 files and nothing else") {
  file_claims files;
  for (int i = 0; i < 100'000; ++i)
    push_file(files, "/usr/lib/" + std::to_string(i % 50'000), "content " + std::to_string(i));
  const auto set = reference_of(verified(grub_machine()), files);
  CHECK(set->content().files.size() == 100'000);
  for (int i = 0; i < 100'000; i += 7) {
    const auto known = digest_of("content " + std::to_string(i));
    const auto unknown = digest_of("other " + std::to_string(i));
    if (!set->knows(hash_algorithm::sha256, known.view())
        || set->knows(hash_algorithm::sha256, unknown.view()))
      FAIL("entry " << i);
  }
  CHECK(set->at_path("/usr/lib/17", 10).size() == 2);
  CHECK(set->at_path("/usr/lib/17", 1).size() == 1);
  CHECK(set->at_path("/usr/lib/", 10).empty());
  CHECK(set->memory() < 20U << 20U);
}

TEST_CASE("lookup works for digests that agree in their first bytes") {
  file_claims files;
  std::vector<bytes32> digests;
  for (int i = 0; i < 200; ++i) {
    bytes32 d{};
    d.fill(0xab);
    d[31] = static_cast<std::uint8_t>(i);
    digests.push_back(d);
    REQUIRE(files.push({file_kind::file, hash_algorithm::sha256, d, "/x" + std::to_string(i)}));
  }
  const auto set = reference_of(verified(grub_machine()), files);
  for (const auto& d : digests)
    CHECK(set->knows(hash_algorithm::sha256, d));
  auto other = digests[0];
  other[31] = 0xff;
  CHECK_FALSE(set->knows(hash_algorithm::sha256, other));
  CHECK_FALSE(set->knows(hash_algorithm::sha256, {}));
}

TEST_CASE("equal claims make equal sets, in whatever order the files were measured") {
  file_claims one;
  push_file(one, "/b", "b");
  push_file(one, "/a", "a");
  push_file(one, "/b", "b");
  file_claims two;
  push_file(two, "/a", "a");
  push_file(two, "/b", "b");
  const auto a = reference_from(verified(grub_machine()), one, "x");
  const auto b = reference_from(verified(grub_machine()), two, "x");
  REQUIRE(a);
  REQUIRE(b);
  CHECK(a->pcrs == b->pcrs);
  CHECK(a->events == b->events);
  REQUIRE(a->files.size() == b->files.size());
  for (std::size_t i = 0; i < a->files.size(); ++i)
    CHECK(a->files[i] == b->files[i]);
}
