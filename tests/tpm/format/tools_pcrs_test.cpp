#include "messages/vocabulary/writer.hpp"
#include "tests/tpm/machines.hpp"
#include "tpm/format/tools_pcrs.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::tpm;

namespace {

// Layout of the file: 4 octets, then 16 slots of 8; a count; then lists, each of 4 octets and 8 slots of 66.
constexpr std::size_t lists_at = 4 + 16 * 8;
constexpr std::size_t first_list = lists_at + 4;
constexpr std::size_t list_size = 4 + 8 * 66;

bytes genuine_pcrs(hash_algorithm bank = hash_algorithm::sha256) {
  return testing::read_quote("grub-sb", bank).pcrs;
}

/// The value of a PCR in tpm2_pcrread's text, which has lines like "    10: 0xABCD".
std::string line_of(const bytes& file, hash_algorithm bank, unsigned index) {
  const auto text = as_text(file);
  auto at = text.find("  " + std::string{to_string(bank)} + ":\n");
  REQUIRE(at != std::string_view::npos);
  const auto label = "    " + std::to_string(index) + (index < 10 ? " : 0x" : ": 0x");
  at = text.find(label, at) + label.size();
  return std::string{text.substr(at, 2 * digest_size(bank))};
}

} // namespace

TEST_CASE("values of every file match the output of tpm2_pcrread") {
  for (const auto& quote : testing::all_quotes()) {
    CAPTURE(quote.name);
    const auto pcrs = parse_tools_pcrs(quote.pcrs);
    REQUIRE(pcrs.ok());
    REQUIRE(pcrs->selection.size() == 1);
    CHECK(pcrs->selection.mask_of(quote.bank) == 0xffffff);
    CHECK(pcrs->values.present() == pcrs->selection);
    const auto machine = quote.name.substr(0, quote.name.find(' '));
    const auto printed = testing::read_test_data("vm/" + machine + "/pcrread.txt");
    for (unsigned index = 0; index < pcr_count; ++index)
      if (index != 10) // moves between the quote and the reading
        CHECK(
            same(pcrs->values.get(quote.bank, index), from_hex(line_of(printed, quote.bank, index)).value()));
  }
}

TEST_CASE("several banks follow each other in the lists, as the TPM answers") {
  writer file;
  file.u32_le(2);
  file.u16_le(0x000b).u8(3).put(bytes{0x03, 0, 0, 0}).u8(0);
  file.u16_le(0x0004).u8(3).put(bytes{0, 0, 0x80, 0}).u8(0);
  file.put(bytes(14 * 8));
  file.u32_le(1).u32_le(3);
  file.u16_le(32).put(bytes(64, 1)).u16_le(32).put(bytes(64, 2)).u16_le(20).put(bytes(64, 3));
  file.put(bytes(5 * 66));
  const auto pcrs = parse_tools_pcrs(file.view());
  REQUIRE(pcrs.ok());
  CHECK(to_string(pcrs->selection) == "sha256:0-1+sha1:23");
  CHECK(same(pcrs->values.get(hash_algorithm::sha256, 1), bytes(32, 2)));
  CHECK(same(pcrs->values.get(hash_algorithm::sha1, 23), bytes(20, 3)));
}

TEST_CASE("a file that is cut anywhere, or has a byte too many, is refused") {
  const auto whole = genuine_pcrs();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(parse_tools_pcrs(byte_view{whole}.first(length)).ok());
  }
  auto longer = whole;
  longer.push_back(0);
  CHECK(parse_tools_pcrs(longer).fault().check == "tools-pcrs: trailing bytes");
}

TEST_CASE("counts and lengths that do not fit are refused") {
  struct row {
    const char* what;
    std::size_t offset;
    std::uint8_t value;
    const char* check;
  };
  const row rows[]{
      {"no bank", 0, 0, "tools-pcrs: more values than PCRs selected"},
      {"17 banks", 0, 17, "tools-pcrs: too many banks"},
      {"2 banks", 0, 2, "tools-pcrs: unknown bank"},
      {"unknown bank", 4, 0x27, "tools-pcrs: unknown bank"},
      {"another bank", 4, 0x0c, "pcr-values: length is not the bank's"},
      {"sizeofSelect 2", 6, 2, "tools-pcrs: sizeofSelect is not 3"},
      {"a PCR fewer", 7, 0xfe, "tools-pcrs: more values than PCRs selected"},
      {"2 lists", lists_at, 2, "tools-pcrs: trailing bytes"},
      {"4 lists", lists_at, 4, "tools-pcrs: truncated"},
      {"255 lists", lists_at, 255, "tools-pcrs: too many lists"},
      {"9 digests", first_list, 9, "tools-pcrs: more than 8 digests in a list"},
      {"7 digests in the last list", first_list + 2 * list_size, 7,
       "tools-pcrs: fewer values than PCRs selected"},
      {"digest of 65", first_list + 4, 65, "tools-pcrs: digest is longer than its buffer"},
      {"digest of 31", first_list + 4, 31, "pcr-values: length is not the bank's"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    auto changed = genuine_pcrs();
    changed[r.offset] = r.value;
    const auto pcrs = parse_tools_pcrs(changed);
    REQUIRE_FALSE(pcrs.ok());
    CHECK(pcrs.fault().check == r.check);
  }
}
