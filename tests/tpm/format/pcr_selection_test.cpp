#include "tests/tpm/format/hex.hpp"
#include "tpm/format/pcr_selection.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::testing;
using namespace muster::tpm;

namespace {

pcr_selection routine() {
  pcr_selection out;
  REQUIRE(out.add(hash_algorithm::sha256, pcr_mask(0, 14)).ok());
  REQUIRE(out.add(hash_algorithm::sha1, pcr_mask(0, 9)).ok());
  return out;
}

} // namespace

TEST_CASE("a selection is written and read as the TPM does it") {
  writer out;
  write_pcr_selection(out, routine());
  CHECK(to_hex(out.view())
        == "00000002"
           "000b03ff7f00"
           "000403ff0300");
  const auto read = parse_pcr_selection(out.view());
  REQUIRE(read.ok());
  CHECK(*read == routine());
  CHECK(to_string(*read) == "sha256:0-14+sha1:0-9");
}

TEST_CASE("a selection is printed as readable text") {
  pcr_selection gaps;
  CHECK(to_string(gaps) == "nothing");
  REQUIRE(gaps.add(hash_algorithm::sha384, 0).ok());
  CHECK(to_string(gaps) == "nothing");
  REQUIRE(gaps.add(hash_algorithm::sha256, 1U | 1U << 2U | 1U << 3U | 1U << 10U | 1U << 23U).ok());
  CHECK(to_string(gaps) == "sha256:0,2-3,10,23");
}

TEST_CASE("masks are made from ranges") {
  CHECK(pcr_mask(0, 0) == 1);
  CHECK(pcr_mask(0, 23) == 0xffffff);
  CHECK(pcr_mask(8, 9) == 0x300);
  CHECK(pcr_mask(5, 4) == 0);
}

TEST_CASE("check 07: only the canonical form of a selection is read") {
  struct row {
    const char* what;
    const char* input;
    errc code;
  };
  const row rows[]{
      {"sizeofSelect 2", "00000001000b02ffff", errc::malformed},
      {"sizeofSelect 4", "00000001000b04ffff7f00", errc::malformed},
      {"sizeofSelect 0", "00000001000b00", errc::malformed},
      {"the same bank twice", "00000002000b03010000000b03010000", errc::malformed},
      {"unknown bank", "00000001002703010000", errc::unsupported},
      {"trailing byte", "00000001000b0301000000", errc::malformed},
      {"a bank again after another", "00000003000b03010000000403010000000b03020000", errc::malformed},
      {"more entries than a TPM takes", "00000011000b03010000", errc::limit},
      {"count of 2^32 - 1", "ffffffff000b03010000", errc::limit},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    const auto read = parse_pcr_selection(hex(r.input));
    REQUIRE_FALSE(read.ok());
    CHECK(read.fault().code == r.code);
  }
  const auto whole = hex("00000002000b03ff7f00000403ff0300");
  for (std::size_t length = 0; length < whole.size(); ++length)
    CHECK_FALSE(parse_pcr_selection(byte_view{whole}.first(length)).ok());
}

TEST_CASE("selections are equal only bank by bank, bit by bit and in the same order") {
  pcr_selection other_order;
  REQUIRE(other_order.add(hash_algorithm::sha1, pcr_mask(0, 9)).ok());
  REQUIRE(other_order.add(hash_algorithm::sha256, pcr_mask(0, 14)).ok());
  CHECK(other_order != routine());
  pcr_selection shorter;
  REQUIRE(shorter.add(hash_algorithm::sha256, pcr_mask(0, 14)).ok());
  CHECK(shorter != routine());
  CHECK(routine().mask_of(hash_algorithm::sha1) == 0x3ff);
  CHECK(routine().mask_of(hash_algorithm::sha384) == 0);
  CHECK(pcr_selection{}.selects_nothing());
  CHECK_FALSE(routine().selects_nothing());
}

TEST_CASE("a selection accepts no bank twice, and no PCR above 23") {
  auto selection = routine();
  CHECK(selection.add(hash_algorithm::sha1, 1).fault().code == errc::malformed);
  CHECK(selection.add(hash_algorithm::sha384, 1U << 24U).fault().code == errc::malformed);
  CHECK(selection == routine());
}

TEST_CASE("a selection that names a bank again is merged, and keeps its order for the digest") {
  const auto raw = hex("00000003000b03020000000403010000000b03030000");
  cursor in{raw};
  const auto order = read_pcr_order(in);
  REQUIRE(order.ok());
  CHECK(in.done());
  CHECK(order->size() == 3);
  CHECK(order->names_a_bank_twice());
  CHECK(to_string(order->merged()) == "sha256:0-1+sha1:0");
  writer out;
  write_pcr_selection(out, *order);
  CHECK(same(out.view(), raw));
  CHECK_FALSE(pcr_order{routine()}.names_a_bank_twice());
  CHECK(pcr_order{routine()}.merged() == routine());
  pcr_order full;
  for (std::size_t i = 0; i < pcr_order::max_entries; ++i)
    REQUIRE(full.add(hash_algorithm::sha256, 1U << i).ok());
  CHECK(full.add(hash_algorithm::sha256, 1).fault().code == errc::limit);
  CHECK(full.merged().mask_of(hash_algorithm::sha256) == 0xffff);
  CHECK(pcr_order{}.add(hash_algorithm::sha256, 1U << 24U).fault().code == errc::malformed);
}
