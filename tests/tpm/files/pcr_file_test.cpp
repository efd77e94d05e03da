// PCR values in each form that tpm2-tools writes.
#include "tests/tpm/machines.hpp"
#include "tpm/files/pcr_file.hpp"
#include "tpm/format/attest.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::tpm;

namespace {

pcr_order two_banks() {
  pcr_order out;
  REQUIRE(out.add(hash_algorithm::sha256, 0b101).ok());
  REQUIRE(out.add(hash_algorithm::sha1, 0b10).ok());
  return out;
}

fault refused(std::string_view text, const pcr_order& quoted) {
  const auto got = read_pcr_file(as_bytes(text), quoted);
  REQUIRE_FALSE(got.ok());
  return got.fault();
}

bool says(const fault& why, std::string_view part) { return why.check.find(part) != std::string::npos; }

} // namespace

TEST_CASE("plain values are in the order of the quote's selection, and exactly as long") {
  bytes plain(32, 1);
  append(plain, bytes(32, 2));
  append(plain, bytes(20, 3));
  const auto got = read_pcr_file(plain, two_banks());
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(same(got->get(hash_algorithm::sha256, 0), bytes(32, 1)));
  CHECK(same(got->get(hash_algorithm::sha256, 2), bytes(32, 2)));
  CHECK(same(got->get(hash_algorithm::sha1, 1), bytes(20, 3)));
  CHECK(got->present().mask_of(hash_algorithm::sha256) == 0b101);
  for (const std::size_t size : {std::size_t{0}, plain.size() - 1}) {
    CAPTURE(size);
    CHECK_FALSE(read_pcr_file(byte_view{plain}.first(size), two_banks()).ok());
  }
  plain.push_back(0);
  const auto longer = read_pcr_file(plain, two_banks());
  REQUIRE_FALSE(longer.ok());
  CHECK(says(longer.fault(), "nor are these 85 bytes the plain values of sha256:0,2+sha1:1, which are 84"));
  // A quote that cannot be read selects nothing, and then no bytes are its values.
  CHECK_FALSE(read_pcr_file({}, pcr_order{}).ok());
}

TEST_CASE("what tpm2_quote and tpm2_pcrread of each real machine wrote is the same") {
  for (const auto& q : testing::all_quotes()) {
    CAPTURE(q.name);
    const auto quoted = parse_quote_attest(q.attest)->order;
    const auto own = read_pcr_file(q.pcrs, quoted);
    const auto text = testing::read_test_data("vm/" + q.name.substr(0, q.name.find(' ')) + "/pcrread.txt");
    const auto read = read_pcr_file(text, quoted);
    REQUIRE_MESSAGE(own.ok(), own.fault().check);
    REQUIRE_MESSAGE(read.ok(), read.fault().check);
    CHECK(read->present() == own->present());
    // PCR 10 went on between the two.
    for (unsigned i = 0; i < 8; ++i)
      CHECK(same(read->get(q.bank, i), own->get(q.bank, i)));
  }
}

TEST_CASE("text of tpm2_pcrread is read to its end, and says what it lacks") {
  const std::string zero = "0x" + std::string(64, '0');
  const std::string one = std::string(63, '0') + "1";
  const std::string good = "sha1:\n  1 : 0x" + std::string(40, 'A') + "\nsha256:\r\n  0 : " + zero
                           + "\r\n  2: " + one + "\n  23: " + zero + "\nsm3_256:\n";
  const auto got = read_pcr_file(as_bytes(good), two_banks());
  REQUIRE_MESSAGE(got.ok(), got.fault().check);
  CHECK(got->get(hash_algorithm::sha256, 2).back() == 1);
  CHECK(got->get(hash_algorithm::sha256, 23).empty()); // it was not quoted
  CHECK(says(refused("sha256:\n  0 : " + zero + "\n", two_banks()), "the quote selects PCR 2 of sha256"));
  const struct {
    std::string text;
    std::string_view says;
  } table[] = {
      {good + "  0 : " + std::string(40, '0') + "\n",
       "line 8: a value that does not have the length of its bank"},
      {"sha256:\n  0 : " + zero + "\n  0 : " + zero + "\n", "line 3: a register is there twice"},
      {"sha256:\n  0 : " + zero + "\nsha256:\n 0 : " + zero + "\n", "line 4: a register is there twice"},
      {"sha256:\n  24 : " + zero + "\n", "line 2: expected the number of a PCR"},
      {"sha256:\n  0 : 0x00\n", "line 2: a value that does not have the length"},
      {"sha256:\n  0 : 0xzz\n", "line 2: a value that is not hex"},
      {"sha256:\n  0 : " + zero + "\nsha255:\n", "line 3: an unknown bank"},
      {"sha256:\n  0 : " + zero + "\nWARNING\n", "line 3: expected a bank"},
  };
  for (const auto& [text, part] : table) {
    const auto why = refused(text, two_banks());
    CHECK_MESSAGE(says(why, part), why.check);
  }
  std::string longest = "sha256:\n  0 : " + zero + "\n";
  longest.append(2000, '\n');
  CHECK(refused(longest, two_banks()).code == errc::limit);
}
