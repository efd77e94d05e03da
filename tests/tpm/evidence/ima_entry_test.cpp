// What one entry of an IMA list may say. What breaks if these fail: an entry is taken for another one, goes
// into a PCR that no quote covers, or costs more than the caps allow.
#include "tests/tpm/evidence/verified_list.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::testing;
using enum muster::hash_algorithm;
using namespace muster::testing::verified_list;

TEST_CASE("check 19: a bad file cannot be relabelled as a violation, nor a violation as a file") {
  const quoting_tpm chip;
  ima_machine machine{one_bank};
  machine.measure_files(3).measure("/tmp/implant", "evil").violate("/var/log/x").measure_files(3);
  const auto quote = chip.quote(machine.now());
  const auto verdict = [&](std::size_t i, bytes record) {
    const auto kept = std::exchange(machine.records()[i], std::move(record));
    auto out = verify_ima(machine.log(), machine.now(), quote);
    machine.records()[i] = kept;
    return out;
  };
  const auto implant = ima_ng_data("/tmp/implant", "evil");
  CHECK(code_of(verdict(3, ima_record(10, "ima-ng", implant, bytes(20, 0)))) == errc::mismatch);
  CHECK(code_of(verdict(4, ima_record(10, "ima-ng", ima_ng_data("/var/log/x", "unknown"))))
        == errc::mismatch);
  // The path of a violation is not covered, so a change of it is not noticed.
  const auto renamed = verdict(4, ima_record(10, "ima-ng", ima_ng_data("/other", "unknown"), bytes(20, 0)));
  REQUIRE(renamed.ok());
  CHECK((*renamed)[4].violation());
}

TEST_CASE("check 20: each entry goes into the PCR that it names, and that PCR must be quoted") {
  const quoting_tpm chip;
  ima_machine machine{one_bank};
  machine.has_pcr(11).measure_files(3).measure("/11", "x", 11).measure_files(2);
  const auto verified = verify_ima(machine.log(), machine.now(), chip.quote(machine.now()));
  REQUIRE_MESSAGE(verified.ok(), verified.fault().check);
  CHECK(verified->size() == 6);
  CHECK(verified->state().ima_pcrs == (1U << 10U | 1U << 11U));
  CHECK((*verified)[3].pcr == 11);

  // The same entries, with one of them moved to PCR 10 or to another PCR.
  for (const unsigned pcr : {10U, 7U}) {
    auto moved = machine.records();
    moved[3] = ima_record(pcr, "ima-ng", ima_ng_data("/11", "x"));
    bytes log;
    for (const auto& record : moved)
      append(log, record);
    CHECK(code_of(verify_ima(log, machine.now(), chip.quote(machine.now()))) == errc::mismatch);
  }
  // Replay alone would never notice a good file inserted for a PCR that was not quoted.
  ima_machine plain{one_bank};
  plain.measure_files(2);
  auto log = ima_record(12, "ima-ng", ima_ng_data("/good", "good"));
  append(log, plain.log());
  CHECK(code_of(verify_ima(log, plain.now(), chip.quote(plain.now()))) == errc::denied);
}

TEST_CASE("check 20: a quote without PCR 10 vouches for no IMA log") {
  const quoting_tpm chip;
  ima_machine machine{one_bank};
  machine.measure_files(2);
  const auto without = only(machine.now(), 0xff);
  CHECK(code_of(verify_ima(machine.log(), without, chip.quote(without))) == errc::denied);
}

TEST_CASE("check 20: a template's name is not covered, so equal readings pass and others are refused") {
  const quoting_tpm chip;
  ima_machine machine{one_bank};
  machine.measure_files(2);
  const auto data = ima_ng_data("/usr/bin/1", "1");
  const auto verdict = [&](std::string_view name) {
    machine.records()[1] = ima_record(10, name, data);
    return verify_ima(machine.log(), machine.now(), chip.quote(machine.now()));
  };
  const auto equal = verdict("d-ng|n-ng");
  REQUIRE(equal.ok());
  CHECK((*equal)[1].path == "/usr/bin/1");
  CHECK(code_of(verdict("ima-sig")) == errc::malformed);
  CHECK(code_of(verdict("ima-nh")) == errc::unsupported);
  CHECK(verdict("ima-nh").fault().check == "ima-log: entry 1: unknown template \"ima-nh\"");
}

TEST_CASE("check 21: the log's own digest column is never extended") {
  const quoting_tpm chip;
  // The column has a foreign digest, which replay ignores.
  ima_machine machine{three_banks};
  machine.measure_files(3);
  machine.records()[1] = ima_record(10, "ima-ng", ima_ng_data("/usr/bin/1", "1"), bytes(20, 0x77));
  CHECK(verify_ima(machine.log(), machine.now(), chip.quote(machine.now())).ok());

  // Bad data under the column of good data, with the PCR extended by the column.
  // A replay of columns would accept it.
  tpm::pcr_values values;
  const auto column = crypto::hash(sha1, ima_ng_data("/good", "good"));
  REQUIRE(values.set(sha1, 10, crypto::hash(sha1, {bytes(20, 0), column.view()}).view()).ok());
  const auto lie = ima_record(10, "ima-ng", ima_ng_data("/evil", "evil"), muster::to_bytes(column.view()));
  CHECK(code_of(verify_ima(lie, values, chip.quote(values))) == errc::mismatch);
}

TEST_CASE("check 22: banks that are filled with padded SHA-1 are found and flagged") {
  const quoting_tpm chip;
  struct row {
    std::vector<fed_bank> banks;
    std::vector<hash_algorithm> padded;
  };
  constexpr auto pad = bank_feed::padded_sha1;
  const row rows[] = {
      {{{sha256}}, {}},
      {{{sha1}}, {}},
      {{{sha256, pad}}, {sha256}},
      {{{sha1}, {sha256, pad}, {sha384, pad}, {sha512, pad}}, {sha256, sha384, sha512}},
      {{{sha1}, {sha256}, {sha384, pad}, {sha512}}, {sha384}},
  };
  for (const auto& [banks, padded] : rows) {
    ima_machine machine{banks};
    machine.measure_files(5).violate("/v").measure_files(5);
    const auto verified = verify_ima(machine.log(), machine.now(), chip.quote(machine.now()));
    REQUIRE_MESSAGE(verified.ok(), verified.fault().check);
    CHECK(verified->state().padded_banks == padded);
    CHECK(verified->size() == 11);
    // Within a boot, a bank with its own digests cannot become a padded one.
    if (padded.empty()) continue;
    auto state = tpm::first_log_state(machine.now().present()).value();
    state.values = machine.at(4);
    state.entries = 4;
    CHECK(code_of(verify_ima(machine.log(4), machine.now(), chip.quote(machine.now()), {}, state))
          == errc::mismatch);
  }
}

TEST_CASE("check 25: caps on entries and bytes are limits, and a stated length allocates nothing") {
  const quoting_tpm chip;
  ima_machine machine{one_bank};
  machine.measure_files(10);
  const auto quote = chip.quote(machine.now());
  CHECK(verify_ima(machine.log(), machine.now(), quote, {10, 1U << 20U}).ok());
  CHECK(code_of(verify_ima(machine.log(), machine.now(), quote, {9, 1U << 20U})) == errc::limit);
  CHECK(code_of(verify_ima(machine.log(), machine.now(), quote, {10, machine.log().size() - 1}))
        == errc::limit);

  writer bomb;
  bomb.u32_le(10).put(bytes(20, 1)).u32_le(6).put(as_bytes("ima-ng")).u32_le(0xfffffff0);
  CHECK(code_of(verify_ima(bomb.view(), machine.now(), quote)) == errc::limit);
}

TEST_CASE(
    "check 18: a later boot_aggregate counts if it is genuine, after any number of files with its name") {
  const quoting_tpm chip;
  ima_machine machine{one_bank, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}};
  std::string values; // a file with exactly the bytes that the kernel hashes counts as the kernel's entry
  for (unsigned pcr = 0; pcr <= 9; ++pcr)
    values += as_text(machine.now().get(sha256, pcr));
  machine.measure("boot_aggregate", "x").measure_files(3);
  for (int i = 0; i < 200; ++i) // more than a list of findings holds
    machine.measure("boot_aggregate", std::to_string(i));
  machine.measure("boot_aggregate", values);
  const auto verified = verify_ima(machine.log(), machine.now(), chip.quote(machine.now()));
  REQUIRE(verified.ok());
  CHECK(compare_boot_aggregate(*verified) == tpm::aggregate_outcome::differs);
  CHECK(first_later_aggregate(*verified) == 204);

  const auto first = verify_ima(machine.log(0, 1), machine.at(1), chip.quote(machine.at(1)));
  const auto next = verify_ima(machine.log(1), machine.now(), chip.quote(machine.now()), {}, first->state());
  REQUIRE(next.ok());
  CHECK(compare_boot_aggregate(*next) == tpm::aggregate_outcome::absent);
  CHECK(first_later_aggregate(*next) == 204);
}
