// What breaks if these fail: a genuine quote whose selection names a bank twice is called a forgery, or the
// service takes another selection than the one that it asked for.
#include "tests/tpm/evidence/soft_tpm.hpp"
#include "tests/tpm/machines.hpp"
#include "tpm/format/tools_pcrs.hpp"

#include <doctest/doctest.h>

namespace repeated_bank_test {

using namespace muster;
using namespace muster::tpm;
using testing::read_test_data;

namespace {

struct tools_quote {
  bytes attest;
  bytes signature;
  bytes pcrs;

  explicit tools_quote(const std::string& name)
      : attest{read_test_data("repeated-banks/" + name + ".msg")}, signature{read_test_data("repeated-banks/"
                                                                                            + name + ".sig")},
        pcrs{read_test_data("repeated-banks/" + name + ".pcrs")} {}

  result<verified_quote> verified(const pcr_selection& requested, quote_rules rules = offline_rules) const {
    const auto area = parse_sized_public_area(read_test_data("repeated-banks/ak.pub"));
    REQUIRE(area.ok());
    const auto ak = trust_claimed_ak(verify_ak_form(*area).value());
    return verify_quote({attest, signature}, ak, binding{bytes{0x00, 0xff}}, requested, rules);
  }
};

} // namespace

TEST_CASE("a quote that names a bank again verifies in the order in which the TPM hashed the values") {
  const std::pair<const char*, const char*> rows[] = {{"turned", "sha256:0-1"},
                                                      {"overlap", "sha256:0-2"},
                                                      {"between", "sha256:0-1+sha1:0"},
                                                      {"same", "sha256:0"}};
  for (const auto& [name, selected] : rows) {
    CAPTURE(name);
    const tools_quote in{name};
    const auto pcrs = parse_tools_pcrs(in.pcrs);
    REQUIRE_MESSAGE(pcrs.ok(), pcrs.fault().check);
    CHECK(to_string(pcrs->selection) == selected);
    const auto quote = in.verified(pcrs->selection);
    REQUIRE_MESSAGE(quote.ok(), quote.fault().check);
    CHECK(quote->selection() == pcrs->selection);
    CHECK(quote->order().names_a_bank_twice());
    const auto believed = verify_pcr_values(*quote, pcrs->values);
    REQUIRE_MESSAGE(believed.ok(), believed.fault().check);
    CHECK(believed->values().present() == pcrs->selection);
    // Each value counts.
    for (const auto& bank : pcrs->selection)
      for (unsigned pcr = 0; pcr < pcr_count; ++pcr)
        if ((bank.mask >> pcr & 1U) != 0) {
          auto changed = pcrs->values;
          REQUIRE(changed.set(bank.algorithm, pcr, bytes(digest_size(bank.algorithm), 0x5a)).ok());
          CHECK_FALSE(verify_pcr_values(*quote, changed).ok());
        }
    // The digest of the merged selection is another one, unless the order is the same.
    CHECK(digest_of(pcrs->values, quote->selection(), quote->hash()) != quote->pcr_digest());
  }
}

TEST_CASE("check 07: the service takes no selection that names a bank twice") {
  const testing::soft_tpm machine;
  const bytes nonce(32, 0x5a);
  pcr_selection asked;
  REQUIRE(asked.add(hash_algorithm::sha256, pcr_mask(0, 14)).ok());
  auto fields = machine.honest(nonce, asked, testing::values_for(asked));
  pcr_order order;
  REQUIRE(order.add(hash_algorithm::sha256, pcr_mask(0, 7)).ok());
  REQUIRE(order.add(hash_algorithm::sha256, pcr_mask(8, 14)).ok());
  writer twice;
  write_pcr_selection(twice, order);
  fields.selection = twice.take();
  // Even the digest is the same: the values are hashed in the same order.
  const auto signed_quote = machine.sign(fields);
  const auto verify = [&](quote_rules rules) {
    return verify_quote(signed_quote.view(), machine.trusted(), binding{nonce}, asked, rules);
  };
  CHECK(verify(service_rules).fault().check == "quote: the PCR selection is not the one that was asked for");
  CHECK(verify(offline_rules).ok());
  pcr_selection more;
  REQUIRE(more.add(hash_algorithm::sha256, pcr_mask(0, 15)).ok());
  CHECK_FALSE(verify_quote(signed_quote.view(), machine.trusted(), binding{nonce}, more, offline_rules).ok());
}

TEST_CASE("a file that gives a PCR two values is refused") {
  auto in = tools_quote{"overlap"};
  // The second list begins with the value of PCR 1 again: 4 octets, 16 slots of 8, a count, then lists of 4
  // octets and 8 slots of 66.
  constexpr std::size_t second = 4 + 16 * 8 + 4 + 4;
  std::size_t at = second + 2 * 66 + 2;
  REQUIRE(in.pcrs.size() > at);
  in.pcrs[at] ^= 1;
  CHECK(parse_tools_pcrs(in.pcrs).fault().check == "tools-pcrs: a PCR has two values");
}

} // namespace repeated_bank_test
