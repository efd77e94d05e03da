// What `verify_quote` refuses although the signature verifies; a soft TPM makes the quotes.
#include "messages/vocabulary/writer.hpp"
#include "tests/tpm/evidence/soft_tpm.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::tpm;
using testing::attest_fields;
using testing::soft_tpm;

namespace {

const bytes nonce(32, 0x5a);

pcr_selection selection_of(std::initializer_list<pcr_bank> banks) {
  pcr_selection out;
  for (const auto& bank : banks)
    REQUIRE(out.add(bank.algorithm, bank.mask).ok());
  return out;
}

pcr_selection routine() {
  return selection_of({{hash_algorithm::sha256, pcr_mask(0, 14)}, {hash_algorithm::sha1, pcr_mask(0, 9)}});
}

const soft_tpm& machine() {
  static const soft_tpm one;
  return one;
}

attest_fields honest() { return machine().honest(nonce, routine(), testing::values_for(routine())); }

result<verified_quote> verify(const attest_fields& fields, const pcr_selection& requested = routine(),
                              quote_rules rules = service_rules) {
  const auto quote = machine().sign(fields);
  return verify_quote(quote.view(), machine().trusted(), binding{nonce}, requested, rules);
}

} // namespace

TEST_CASE("an honest quote verifies and gives its contents") {
  const auto quote = verify(honest());
  REQUIRE(quote.ok());
  CHECK(quote->clock() == clock_info{1000, 3, 1, true});
  CHECK(quote->firmware_version() == 7);
  CHECK(quote->selection() == routine());
  CHECK(quote->hash() == hash_algorithm::sha256);
  CHECK(verify_pcr_values(*quote, testing::values_for(routine())).ok());
}

TEST_CASE("an RSA AK quotes as well") {
  const soft_tpm rsa{ek_template::l2_p256, ak_template::rsa2048_rsassa};
  const auto quote = rsa.sign(rsa.honest(nonce, routine(), testing::values_for(routine())));
  CHECK(verify_quote(quote.view(), rsa.trusted(), binding{nonce}, routine()).ok());
  CHECK(verify_quote(quote.view(), machine().trusted(), binding{nonce}, routine()).fault().code
        == errc::mismatch);
}

TEST_CASE("check 05: the signature is judged before the bytes are read") {
  // Both are wrong. The fault must be about the signature;
  // otherwise unauthenticated bytes reached the parser.
  auto quote = machine().sign(honest());
  quote.attest[0] ^= 1;
  const auto verified = verify_quote(quote.view(), machine().trusted(), binding{nonce}, routine());
  REQUIRE_FALSE(verified.ok());
  CHECK(verified.fault().code == errc::mismatch);
  CHECK(verified.fault().check.find("signature") != std::string::npos);
}

TEST_CASE("check 05: signed bytes that are not a quote are refused") {
  struct row {
    const char* what;
    void (*change)(attest_fields&);
  };
  const row rows[]{
      {"magic", [](attest_fields& f) { f.magic = 0x12345678; }},
      {"type", [](attest_fields& f) { f.type = 0x8017; }},
      {"safe", [](attest_fields& f) { f.safe = 2; }},
      {"trailing bytes", [](attest_fields& f) { f.behind = {0}; }},
      {"bank count",
       [](attest_fields& f) {
         f.selection = {0, 0, 0, 17};
       }},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    auto fields = honest();
    r.change(fields);
    const auto verified = verify(fields);
    REQUIRE_FALSE(verified.ok());
    CHECK((verified.fault().code == errc::malformed || verified.fault().code == errc::limit));
  }
}

TEST_CASE("check 06: a quote for other qualifying data is refused") {
  for (const bytes& other : {bytes{}, bytes(31, 0x5a), bytes(33, 0x5a), bytes(32, 0x5b)}) {
    auto fields = honest();
    fields.extra_data = other;
    CHECK(verify(fields).fault().check == "quote: extraData is not what was asked for");
  }
}

TEST_CASE("check 06: a quote without qualifying data is refused even where none is expected") {
  auto fields = honest();
  fields.extra_data.clear();
  const auto quote = machine().sign(fields);
  CHECK_FALSE(verify_quote(quote.view(), machine().trusted(), binding{byte_view{}}, routine()).ok());
}

TEST_CASE("check 07: the selection must equal the requested one") {
  struct row {
    const char* what;
    pcr_selection quoted;
  };
  const row rows[]{
      {"empty", {}},
      {"shrunken",
       selection_of({{hash_algorithm::sha256, pcr_mask(0, 13)}, {hash_algorithm::sha1, pcr_mask(0, 9)}})},
      {"grown",
       selection_of({{hash_algorithm::sha256, pcr_mask(0, 15)}, {hash_algorithm::sha1, pcr_mask(0, 9)}})},
      {"a bank missing", selection_of({{hash_algorithm::sha256, pcr_mask(0, 14)}})},
      {"a bank emptied", selection_of({{hash_algorithm::sha256, 0}, {hash_algorithm::sha1, pcr_mask(0, 9)}})},
      {"another order",
       selection_of({{hash_algorithm::sha1, pcr_mask(0, 9)}, {hash_algorithm::sha256, pcr_mask(0, 14)}})},
      {"another bank",
       selection_of({{hash_algorithm::sha384, pcr_mask(0, 14)}, {hash_algorithm::sha1, pcr_mask(0, 9)}})},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    // The quote is consistent otherwise: its digest is that of the quoted selection.
    const auto fields = machine().honest(nonce, r.quoted, testing::values_for(r.quoted));
    CHECK(verify(fields).fault().check == "quote: the PCR selection is not the one that was asked for");
  }
  auto wide = honest();
  wide.selection = from_hex("00000002000b04ff7f0000000403ff0300").value();
  CHECK(verify(wide).fault().check == "pcr-selection: sizeofSelect is not 3");
}

TEST_CASE("check 07: a quote over SHA-1 banks only, or over nothing, is refused by the service") {
  const auto sha1 = selection_of({{hash_algorithm::sha1, pcr_mask(0, 9)}});
  const auto sha1_and_nothing = selection_of({{hash_algorithm::sha1, 1}, {hash_algorithm::sha256, 0}});
  for (const auto& weak : {sha1, sha1_and_nothing}) {
    const auto fields = machine().honest(nonce, weak, testing::values_for(weak));
    CHECK(verify(fields, weak).fault().code == errc::denied);
    CHECK(verify(fields, weak, offline_rules).ok());
  }
  for (const auto& nothing : {pcr_selection{}, selection_of({{hash_algorithm::sha256, 0}})}) {
    const auto fields = machine().honest(nonce, nothing, {});
    CHECK(verify(fields, nothing).fault().code == errc::denied);
    CHECK(verify(fields, nothing, offline_rules).fault().code == errc::denied);
  }
}

TEST_CASE("check 08: PCR values are claims until they give the quoted digest") {
  const auto quote = verify(honest());
  REQUIRE(quote.ok());
  const auto honest_values = testing::values_for(routine());
  const auto believed = verify_pcr_values(*quote, honest_values);
  REQUIRE(believed.ok());
  CHECK(same(believed->get(hash_algorithm::sha1, 9), bytes(20, 10)));
  CHECK(believed->get(hash_algorithm::sha1, 10).empty());

  for (const auto& [bank, mask] : routine())
    for (unsigned index = 0; index < pcr_count; ++index) {
      if ((mask >> index & 1U) == 0) continue;
      auto changed = honest_values;
      auto value = to_bytes(changed.get(bank, index));
      value.back() ^= 1;
      REQUIRE(changed.set(bank, index, value).ok());
      CHECK_FALSE(matches(*quote, changed));
      CHECK(verify_pcr_values(*quote, changed).fault().code == errc::mismatch);
    }

  CHECK_FALSE(matches(*quote, {}));
  CHECK(verify_pcr_values(*quote, {}).fault().check == "quote: the value of a quoted PCR is missing");
  auto more = honest_values;
  REQUIRE(more.set(hash_algorithm::sha256, 23, bytes(32)).ok());
  CHECK(matches(*quote, more));
  CHECK(verify_pcr_values(*quote, more).fault().check == "quote: a PCR value was sent that was not quoted");
}

TEST_CASE("check 08: the digest uses the scheme's hash, whatever the banks") {
  for (const std::size_t length : {0U, 20U, 31U, 33U, 48U, 64U}) {
    auto fields = honest();
    fields.pcr_digest = bytes(length);
    CHECK(verify(fields).fault().check == "quote: pcrDigest is not as long as the scheme's hash");
  }
  const auto sha384 = selection_of({{hash_algorithm::sha384, pcr_mask(0, 3)}});
  const auto quote = verify(machine().honest(nonce, sha384, testing::values_for(sha384)), sha384);
  REQUIRE(quote.ok());
  CHECK(quote->pcr_digest().size() == 32);
  CHECK(verify_pcr_values(*quote, testing::values_for(sha384)).ok());
}

TEST_CASE("check 09: a quote by the AK of another machine is refused") {
  const soft_tpm other;
  const auto quote = machine().sign(honest());
  CHECK(verify_quote(quote.view(), other.trusted(), binding{nonce}, routine()).fault().code
        == errc::mismatch);
}

TEST_CASE("check 09: a signature cannot name another scheme or hash than the AK's") {
  const auto quote = machine().sign(honest());
  for (const auto& [offset, value] : {std::pair{1U, 0x14U}, {1U, 0x16U}, {3U, 0x04U}, {3U, 0x0cU}}) {
    auto changed = quote;
    changed.signature[offset] = static_cast<std::uint8_t>(value);
    const auto verified = verify_quote(changed.view(), machine().trusted(), binding{nonce}, routine());
    REQUIRE_FALSE(verified.ok());
    CHECK(verified.fault().code != errc::internal);
  }
  auto sha384 = quote;
  sha384.signature[3] = 0x0c;
  CHECK(verify_quote(sha384.view(), machine().trusted(), binding{nonce}, routine()).fault().check
        == "quote: the signature does not have the AK's scheme");
}

TEST_CASE("check 09: an AK outside the endorsement hierarchy is refused by the service") {
  const auto name = machine().checked_ak().name();
  const auto under = [&](std::uint32_t hierarchy) {
    const auto digest = crypto::sha256({writer{}.u32_be(hierarchy).view(), name});
    return writer{}.u16_be(0x000b).put(digest).take();
  };
  auto fields = honest();
  CHECK(fields.qualified_signer == under(0x4000000b));
  for (const auto& signer : {under(0x40000001), under(0x4000000c), under(0x40000007), name, bytes{}}) {
    fields.qualified_signer = signer;
    CHECK(verify(fields).fault().check
          == "quote: the signer is not a primary key of the endorsement hierarchy");
    CHECK(verify(fields, routine(), {signer_rule::any_parent, bank_rule::sha256_or_better}).ok());
  }
}
