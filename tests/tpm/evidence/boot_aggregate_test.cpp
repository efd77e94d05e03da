#include "tests/tpm/evidence/quoting.hpp"
#include "tests/tpm/logs.hpp"
#include "tpm/evidence/boot_aggregate.hpp"
#include "tpm/evidence/boot_replay.hpp"

using namespace muster;
using namespace muster::testing;
using tpm::aggregate_outcome;

namespace {

tpm::pcr_values boot_pcrs() {
  tpm::pcr_values out;
  for (const auto bank : {hash_algorithm::sha1, hash_algorithm::sha256})
    for (unsigned pcr = 0; pcr < 11; ++pcr)
      REQUIRE(out.set(bank, pcr, bytes(digest_size(bank), static_cast<std::uint8_t>(pcr + 1))).ok());
  return out;
}

crypto::digest aggregate(hash_algorithm bank, unsigned last) {
  tpm::pcr_selection selection;
  REQUIRE(selection.add(bank, tpm::pcr_mask(0, last)).ok());
  return tpm::digest_of(boot_pcrs(), selection, bank);
}

tpm::ima_entry entry_of(hash_algorithm algorithm, const crypto::digest& digest,
                        std::string_view path = "boot_aggregate") {
  tpm::ima_entry out;
  out.algorithm = algorithm;
  out.digest = digest.view();
  out.path = path;
  return out;
}

} // namespace

TEST_CASE("check 18: entry 0 is recomputed from the quoted PCRs, 0-7 for SHA-1 and 0-9 for the rest") {
  const quoting_tpm chip;
  const auto all = chip.verified(boot_pcrs());
  const auto sha1 = aggregate(hash_algorithm::sha1, 7);
  const auto sha1_long = aggregate(hash_algorithm::sha1, 9);
  const auto sha256 = aggregate(hash_algorithm::sha256, 9);
  const auto sha256_short = aggregate(hash_algorithm::sha256, 7);
  const crypto::digest zero{bytes(32, 0)};
  CHECK(compare_boot_aggregate(entry_of(hash_algorithm::sha1, sha1), all) == aggregate_outcome::bound);
  CHECK(compare_boot_aggregate(entry_of(hash_algorithm::sha256, sha256), all) == aggregate_outcome::bound);
  CHECK(compare_boot_aggregate(entry_of(hash_algorithm::sha1, sha1_long), all) == aggregate_outcome::differs);
  CHECK(compare_boot_aggregate(entry_of(hash_algorithm::sha256, sha256_short), all)
        == aggregate_outcome::differs);
  CHECK(compare_boot_aggregate(entry_of(hash_algorithm::sha256, zero), all) == aggregate_outcome::zero);
  CHECK(compare_boot_aggregate(entry_of(hash_algorithm::sha256, sha256, "/boot_aggregate"), all)
        == aggregate_outcome::absent);
  // A violation's fields are not covered, so it cannot bind the log.
  auto violation = entry_of(hash_algorithm::sha256, sha256);
  violation.subject = tpm::ima_subject::violation;
  CHECK(compare_boot_aggregate(violation, all) == aggregate_outcome::absent);
  // The quote lacks one PCR, or the whole bank.
  const auto less = chip.verified(only(boot_pcrs(), 0x5ff));
  CHECK(compare_boot_aggregate(entry_of(hash_algorithm::sha256, sha256), less)
        == aggregate_outcome::unchecked);
  const auto other = chip.verified(only(boot_pcrs(), 0x7ff, hash_algorithm::sha256));
  CHECK(compare_boot_aggregate(entry_of(hash_algorithm::sha1, sha1), other) == aggregate_outcome::unchecked);
}

TEST_CASE("check 44: a boot_aggregate by an unknown hash proves nothing, and may come from a kexec") {
  const quoting_tpm chip;
  const auto all = chip.verified(boot_pcrs());
  const bytes digest(32, 0x5a);
  tpm::ima_entry entry;
  entry.subject = tpm::ima_subject::unknown_hash;
  entry.unknown_algorithm = "streebog256";
  entry.unknown_digest = digest;
  entry.path = "boot_aggregate";
  entry.pcr = tpm::ima_pcr;
  CHECK(compare_boot_aggregate(entry, all) == aggregate_outcome::unchecked);
  tpm::genuine_aggregates genuine{all};
  CHECK_FALSE(genuine.holds(entry));
  CHECK(genuine.may_hold(entry));
  tpm::later_aggregates later{genuine, 1};
  CHECK(later.has(entry));
  const bytes zeros(32, 0);
  entry.unknown_digest = zeros;
  CHECK(compare_boot_aggregate(entry, all) == aggregate_outcome::zero);
  entry.path = "/usr/bin/x";
  CHECK(compare_boot_aggregate(entry, all) == aggregate_outcome::absent);
  CHECK_FALSE(genuine.may_hold(entry));
}

TEST_CASE("check 18: KunpengSecL's boot logs give the boot_aggregates of its IMA logs") {
  const quoting_tpm chip;
  struct row {
    const char* ima;
    const char* boot;
    hash_algorithm algorithm;
  };
  const row rows[] = {
      {"ascii_runtime_measurements", "binary_bios_measurements", hash_algorithm::sha1},
      {"ascii_runtime_measurements_ima-ng_sha1", "binary_bios_measurements_ima-ng", hash_algorithm::sha1},
      {"ascii_runtime_measurements_ima-ng_sha256", "binary_bios_measurements_ima-ng", hash_algorithm::sha256},
  };
  for (const auto& [ima, boot, algorithm] : rows) {
    CAPTURE(ima);
    const auto text = read_shared(std::string{"kunpengsecl/"} + ima);
    const auto raw = read_shared(std::string{"kunpengsecl/"} + boot);
    if (!text || !raw) {
      MESSAGE("skipped: ../shared/testdata/kunpengsecl is not there");
      continue;
    }
    // PCR, template hash, template, [algorithm:]digest, boot_aggregate
    std::istringstream line{std::string{as_text(*text)}};
    std::string pcr, column, name, digest, path;
    line >> pcr >> column >> name >> digest >> path;
    REQUIRE(path == "boot_aggregate");
    const crypto::digest expected{from_hex(digest.substr(digest.find(':') + 1)).value()};

    const auto log = tpm::parse_event_log(*raw).value();
    crypto::hasher hash{algorithm};
    const auto replayed = tpm::replay_bank(log, hash, ~0U, 0);
    tpm::pcr_values values;
    for (unsigned i = 0; i < tpm::pcr_count; ++i)
      REQUIRE(values.set(algorithm, i, replayed.values[i].view()).ok());
    CHECK(compare_boot_aggregate(entry_of(algorithm, expected), chip.verified(values))
          == aggregate_outcome::bound);
  }
}
