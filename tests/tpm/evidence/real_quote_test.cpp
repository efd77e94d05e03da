// Quotes of real machines, made with tpm2-tools: all of them verify, and every changed bit is noticed.
#include "tests/tpm/machines.hpp"
#include "tpm/evidence/quote.hpp"
#include "tpm/format/tools_pcrs.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace muster;
using namespace muster::tpm;
using testing::quote_files;

namespace {

trusted_ak ak_of(const quote_files& files) {
  return trust_claimed_ak(verify_ak_form(parse_sized_public_area(files.ak).value()).value());
}

pcr_selection all_of(hash_algorithm bank) {
  pcr_selection out;
  REQUIRE(out.add(bank, pcr_mask(0, 23)).ok());
  return out;
}

/// All steps from the files to verified values.
result<verified_pcrs> read(const quote_files& files, const trusted_ak& ak,
                           quote_rules rules = offline_rules) {
  const auto quote =
      verify_quote({files.attest, files.signature}, ak, binding{files.nonce}, all_of(files.bank), rules);
  if (!quote) return quote.fault();
  const auto claimed = parse_tools_pcrs(files.pcrs);
  if (!claimed) return claimed.fault();
  if (claimed->selection != quote->selection()) return fault{errc::mismatch, "pcrs of another quote"};
  return verify_pcr_values(*quote, claimed->values);
}

/// Octets of tpm2-tools' file that no structure uses: padding, unused slots, and the rest of a buffer after
/// its digest. Only these may change unnoticed.
std::set<std::size_t> unused_octets(hash_algorithm bank) {
  std::set<std::size_t> out;
  for (std::size_t i = 4 + 7 - 1; i < 4 + 16 * 8; ++i)
    out.insert(i); // fourth octet of the mask, padding, 15 slots
  for (std::size_t list = 0; list < 3; ++list)
    for (std::size_t slot = 0; slot < 8; ++slot) {
      const auto buffer = 136 + list * 532 + 4 + slot * 66 + 2;
      for (auto i = buffer + digest_size(bank); i < buffer + 64; ++i)
        out.insert(i);
    }
  return out;
}

/// Flips one bit of each octet of `field`, one octet at a time.
/// Returns the offsets at which `still` accepted the values.
template <class Read>
std::set<std::size_t> unnoticed_in(quote_files files, bytes quote_files::*field, Read&& still) {
  std::set<std::size_t> out;
  auto& octets = files.*field;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    const auto bit = static_cast<std::uint8_t>(1U << i % 8);
    octets[i] ^= bit;
    if (still(files)) out.insert(i);
    octets[i] ^= bit;
  }
  return out;
}

} // namespace

TEST_CASE("every quote of every machine verifies") {
  const auto quotes = testing::all_quotes();
  CHECK(quotes.size() == 29);
  for (const auto& files : quotes) {
    CAPTURE(files.name);
    const auto pcrs = read(files, ak_of(files));
    REQUIRE(pcrs.ok());
    CHECK(pcrs->get(files.bank, 0).size() == digest_size(files.bank));
  }
}

TEST_CASE("check 07: the service refuses the quotes over the SHA-1 bank, and only those") {
  for (const auto& files : testing::all_quotes()) {
    CAPTURE(files.name);
    const auto pcrs = read(files, ak_of(files), {signer_rule::any_parent, bank_rule::sha256_or_better});
    CHECK(pcrs.ok() == (files.bank != hash_algorithm::sha1));
    if (!pcrs) CHECK(pcrs.fault().code == errc::denied);
  }
}

TEST_CASE("check 09: the service refuses AKs that are children of the EK") {
  for (const auto& files : testing::all_quotes())
    CHECK(read(files, ak_of(files), service_rules).fault().code == errc::denied);
}

TEST_CASE("check 09: no quote verifies under the AK of another machine") {
  // The grub-sb-* folders are the same machine with the same AK.
  const auto files = testing::read_quote("grub-sb", hash_algorithm::sha256);
  for (const std::string machine : {"direct-tis", "direct-log-ahead", "bank-sha256-only", "ima-buf"})
    CHECK(read(files, ak_of(testing::read_quote(machine, hash_algorithm::sha256))).fault().code
          == errc::mismatch);
}

TEST_CASE("a bit flipped anywhere is noticed") {
  for (const auto& files : testing::all_quotes()) {
    CAPTURE(files.name);
    const auto ak = ak_of(files);
    const auto believed = [&](const quote_files& changed) { return read(changed, ak).ok(); };
    CHECK(unnoticed_in(files, &quote_files::attest, believed).empty());
    CHECK(unnoticed_in(files, &quote_files::signature, believed).empty());
    CHECK(unnoticed_in(files, &quote_files::nonce, believed).empty());

    const auto quote = verify_quote({files.attest, files.signature}, ak, binding{files.nonce},
                                    all_of(files.bank), offline_rules);
    REQUIRE(quote.ok());
    const auto values_believed = [&](const quote_files& changed) {
      const auto claimed = parse_tools_pcrs(changed.pcrs);
      return claimed.ok() && verify_pcr_values(*quote, claimed->values).ok();
    };
    CHECK(unnoticed_in(files, &quote_files::pcrs, values_believed) == unused_octets(files.bank));
  }
}
