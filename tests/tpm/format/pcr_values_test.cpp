#include "tpm/format/pcr_values.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::tpm;

namespace {

pcr_selection both_banks() {
  pcr_selection out;
  REQUIRE(out.add(hash_algorithm::sha1, pcr_mask(0, 1)).ok());
  REQUIRE(out.add(hash_algorithm::sha256, 1U << 10U).ok());
  return out;
}

} // namespace

TEST_CASE("values are kept by bank and index, with the length of their bank") {
  pcr_values values;
  CHECK(values.get(hash_algorithm::sha256, 0).empty());
  CHECK(values.set(hash_algorithm::sha256, 10, bytes(32, 0xaa)).ok());
  CHECK(values.set(hash_algorithm::sha1, 0, bytes(20, 0xbb)).ok());
  CHECK(same(values.get(hash_algorithm::sha256, 10), bytes(32, 0xaa)));
  CHECK(values.get(hash_algorithm::sha256, 9).empty());
  CHECK(values.get(hash_algorithm::sha256, 24).empty());
  CHECK(values.get(hash_algorithm::sha384, 10).empty());
  CHECK(to_string(values.present()) == "sha256:10+sha1:0");

  CHECK(values.set(hash_algorithm::sha256, 10, bytes(32, 0xcc)).ok());
  CHECK(same(values.get(hash_algorithm::sha256, 10), bytes(32, 0xcc)));
}

TEST_CASE("check 08: a value whose length is not its bank's is refused") {
  pcr_values values;
  for (const std::size_t length : {0U, 19U, 20U, 31U, 33U, 48U, 64U, 65U})
    CHECK(values.set(hash_algorithm::sha256, 0, bytes(length)).fault().code == errc::malformed);
  CHECK(values.set(hash_algorithm::sha256, 24, bytes(32)).fault().code == errc::malformed);
  CHECK(values.present().selects_nothing());
}

TEST_CASE("check 08: the digest concatenates in selection order, with the requested hash") {
  pcr_values values;
  // The values are set in another order than that of the selection.
  REQUIRE(values.set(hash_algorithm::sha256, 10, bytes(32, 3)).ok());
  REQUIRE(values.set(hash_algorithm::sha1, 1, bytes(20, 2)).ok());
  CHECK(digest_of(values, both_banks(), hash_algorithm::sha256).empty()); // sha1:0 is missing
  REQUIRE(values.set(hash_algorithm::sha1, 0, bytes(20, 1)).ok());
  REQUIRE(values.set(hash_algorithm::sha512, 5, bytes(64, 9)).ok()); // not selected

  bytes expected(20, 1);
  append(expected, bytes(20, 2));
  append(expected, bytes(32, 3));
  for (const auto hash : {hash_algorithm::sha256, hash_algorithm::sha384})
    CHECK(digest_of(values, both_banks(), hash) == crypto::hash(hash, expected));
}

TEST_CASE("the largest selection fits the buffer") {
  pcr_values values;
  pcr_selection all;
  for (const auto bank : {hash_algorithm::sha1, hash_algorithm::sha256, hash_algorithm::sha384,
                          hash_algorithm::sha512, hash_algorithm::sm3_256}) {
    REQUIRE(all.add(bank, pcr_mask(0, 23)).ok());
    for (unsigned index = 0; index < pcr_count; ++index)
      REQUIRE(values.set(bank, index, bytes(digest_size(bank), 7)).ok());
  }
  CHECK(values.present() == all);
  CHECK(digest_of(values, all, hash_algorithm::sha256)
        == crypto::hash(hash_algorithm::sha256, bytes(24 * (20 + 32 + 48 + 64 + 32), 7)));
}
