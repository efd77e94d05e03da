#include "tests/tpm/machines.hpp"
#include "tpm/format/attest.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::tpm;

namespace {

constexpr std::size_t magic_at = 0;
constexpr std::size_t type_at = 4;
constexpr std::size_t signer_size_at = 6;
constexpr std::size_t safe_at = 6 + 2 + 34 + 2 + 32 + 8 + 4 + 4;

bytes genuine_quote() { return testing::read_quote("grub-sb", hash_algorithm::sha256).attest; }

} // namespace

TEST_CASE("a quote of a real machine has the values that the machine's README gives") {
  const auto input = genuine_quote();
  const auto attest = parse_quote_attest(input);
  REQUIRE(attest.ok());
  CHECK(same(attest->extra_data, testing::read_quote("grub-sb", hash_algorithm::sha256).nonce));
  CHECK(attest->clock == clock_info{30995, 2, 0, true});
  CHECK(attest->firmware_version == 0x2019102300163636);
  CHECK(to_string(attest->order.merged()) == "sha256:0-23");
  CHECK(attest->qualified_signer.size() == 34);
  CHECK(attest->pcr_digest.size() == 32);
}

TEST_CASE("check 05: a quote that is cut anywhere, or has a byte too many, is refused") {
  const auto whole = genuine_quote();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(parse_quote_attest(byte_view{whole}.first(length)).ok());
  }
  auto longer = whole;
  longer.push_back(0);
  CHECK(parse_quote_attest(longer).fault().check == "attest: trailing bytes");
}

TEST_CASE("check 05: magic, type and safe must have the values of a quote") {
  struct row {
    const char* what;
    std::size_t offset;
    std::uint8_t value;
    const char* check;
  };
  const row rows[]{
      {"magic", magic_at, 0xfe, "attest: magic is not TPM_GENERATED_VALUE"},
      {"type ATTEST_CERTIFY", type_at + 1, 0x17, "attest: type is not ATTEST_QUOTE"},
      {"safe 2", safe_at, 2, "attest: safe is neither 0 nor 1"},
      {"safe 255", safe_at, 255, "attest: safe is neither 0 nor 1"},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    auto changed = genuine_quote();
    changed[r.offset] = r.value;
    const auto attest = parse_quote_attest(changed);
    REQUIRE_FALSE(attest.ok());
    CHECK(attest.fault().code == errc::malformed);
    CHECK(attest.fault().check == r.check);
  }
  auto unsafe = genuine_quote();
  unsafe[safe_at] = 0;
  CHECK_FALSE(parse_quote_attest(unsafe)->clock.safe);
}

TEST_CASE("check 05: lengths beyond their type are refused before anything is built from them") {
  auto changed = genuine_quote();
  changed[signer_size_at] = 0xff;
  CHECK_FALSE(parse_quote_attest(changed).ok());
}
