// What breaks if these fail: a list of files that the quote does not cover passes, or an honest one does not.
#include "tests/tpm/evidence/verified_list.hpp"
#include "tpm/format/ima_ascii.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::testing;
using enum muster::hash_algorithm;
using namespace muster::testing::verified_list;

TEST_CASE("check 17: every real quote covers a prefix of its machine's IMA log") {
  std::size_t compared = 0;
  for (const auto& files : all_quotes()) {
    CAPTURE(files.name);
    const auto machine = files.name.substr(0, files.name.find(' '));
    const auto area = tpm::parse_sized_public_area(files.ak).value();
    const auto pcrs = tpm::parse_tools_pcrs(files.pcrs).value();
    const auto quote = tpm::verify_quote({files.attest, files.signature},
                                         tpm::trust_claimed_ak(tpm::verify_ak_form(area).value()),
                                         tpm::binding{files.nonce}, pcrs.selection, tpm::offline_rules)
                           .value();
    const auto log = read_test_data("vm/" + machine + "/binary_runtime_measurements");
    const auto verified = verify_ima(log, pcrs.values, quote);
    REQUIRE_MESSAGE(verified.ok(), verified.fault().check);
    std::size_t expected = machine == "ima-buf" ? 75 : 74;
    if (machine == "direct-log-ahead")
      expected = files.bank == sha1 ? 89 : files.bank == sha256 ? 92 : files.bank == sha384 ? 95 : 98;
    CHECK(verified->size() == expected);
    CHECK(verified->state().entries == expected);
    // In Linux 6.1 SHA-384 and SHA-512 are a module, so it pads these banks.
    CHECK(verified->state().padded(files.bank) == (files.bank == sha384 || files.bank == sha512));
    CHECK(compare_boot_aggregate(*verified)
          == (files.bank == sha256 ? tpm::aggregate_outcome::bound : tpm::aggregate_outcome::unchecked));
    CHECK_FALSE(first_later_aggregate(*verified).has_value());
    ++compared;
  }
  CHECK(compared == 29);
}

TEST_CASE("check 17: logs in every template replay to the PCRs of all banks at once") {
  const quoting_tpm chip;
  struct row {
    const char* folder;
    std::size_t entries;
  };
  // mypol: its policy measured the reading of the log, so the PCRs cover 49 of the 50 entries.
  const row rows[] = {{"custom", 50},     {"mypol", 49},     {"sha512", 50},       {"t-evm-sig", 50},
                      {"t-ima", 50},      {"t-ima-buf", 50}, {"t-ima-modsig", 50}, {"t-ima-ng", 50},
                      {"t-ima-ngv2", 50}, {"uefi", 50}};
  for (const auto& [folder, entries] : rows) {
    CAPTURE(folder);
    const auto log = read_shared(std::string{"vm/"} + folder + "/ima.bin");
    const auto pcrs = read_shared(std::string{"vm/"} + folder + "/pcrs");
    if (!log || !pcrs) {
      MESSAGE("skipped: ../shared/testdata/vm/", folder, " is not there");
      continue;
    }
    const auto values = parse_pcr_lines(*pcrs);
    const auto verified = verify_ima(*log, values, chip.quote(values));
    REQUIRE_MESSAGE(verified.ok(), verified.fault().check);
    CHECK(verified->size() == entries);
    CHECK(compare_boot_aggregate(*verified) == tpm::aggregate_outcome::bound);
    CHECK(verified->state().padded_banks == std::vector{sha384});
    int violations = 0;
    verified->for_each([&violations](const auto& entry) { violations += entry.violation() ? 1 : 0; });
    CHECK(violations == 2);
  }
  // PCRs read after the log match no prefix, because reading the log extended them.
  const auto log = read_shared("vm/mypol/ima.bin");
  const auto late = read_shared("vm/mypol/pcrs2");
  if (log && late) {
    const auto values = parse_pcr_lines(*late);
    CHECK(code_of(verify_ima(*log, values, chip.quote(values))) == errc::mismatch);
  }
}

TEST_CASE("check 44: lists in every template, in either form, replay to the same PCRs") {
  const quoting_tpm chip;
  for (const std::string folder : {"custom", "sha512", "t-evm-sig", "t-ima", "t-ima-buf", "t-ima-modsig",
                                   "t-ima-ng", "t-ima-ngv2", "uefi"}) {
    CAPTURE(folder);
    const auto log = read_shared("vm/" + folder + "/ima.bin");
    const auto text = read_shared("vm/" + folder + "/ima.txt");
    const auto pcrs = read_shared("vm/" + folder + "/pcrs");
    if (!log || !text || !pcrs) {
      MESSAGE("skipped: ../shared/testdata/vm/", folder, " is not there");
      continue;
    }
    const auto made = tpm::ima_log_from_ascii(as_text(*text));
    REQUIRE_MESSAGE(made.ok(), made.fault().check);
    const auto values = parse_pcr_lines(*pcrs);
    const auto verified = verify_ima(*made, values, chip.quote(values));
    REQUIRE_MESSAGE(verified.ok(), verified.fault().check);
    CHECK(verified->size() == 50);
    CHECK(compare_boot_aggregate(*verified) == tpm::aggregate_outcome::bound);
  }
}

TEST_CASE("check 44: a list in big-endian order is verified like any other") {
  const auto list = read_test_data("ima-odd/big-endian.bin");
  tpm::pcr_values values;
  // Computed with Python from the lengths and bytes of the list.
  REQUIRE(values.set(sha1, 10, from_hex("9f925e248e6d734fde8894d7bce6c368b111bd16").value()).ok());
  REQUIRE(values
              .set(sha256, 10,
                   from_hex("07507adcbd8e9f7728677e5b21ccb87d8ccaae8c380f02915322e33de1740aec").value())
              .ok());
  const quoting_tpm chip;
  const auto verified = verify_ima(list, values, chip.quote(values));
  REQUIRE_MESSAGE(verified.ok(), verified.fault().check);
  CHECK(paths_of(*verified) == std::vector<std::string>{"boot_aggregate", "/usr/bin/ls"});
  // The order of the lengths is measured, too: the same list in the other order is another one.
  auto changed = list;
  std::reverse(changed.begin() + 34, changed.begin() + 38);
  CHECK_FALSE(verify_ima(changed, values, chip.quote(values)).ok());
}

TEST_CASE("check 17: a log may be split into parts anywhere") {
  const quoting_tpm chip;
  ima_machine machine{three_banks};
  machine.measure("boot_aggregate", "x").measure_files(20).violate("/v").measure_files(20);
  const auto log = machine.log();
  const auto quote = chip.quote(machine.now());
  for (const std::size_t step : {1U, 2U, 7U, 64U, 133U, 1000U, 4095U, 100000U}) {
    CAPTURE(step);
    auto verifier =
        tpm::ima_verifier::begin(tpm::first_log_state(quote.selection()).value(), machine.now(), quote)
            .value();
    for (std::size_t at = 0; at < log.size(); at += step)
      REQUIRE(verifier.feed(byte_view{log}.subspan(at, std::min(step, log.size() - at))).ok());
    const auto verified = std::move(verifier).finish();
    REQUIRE_MESSAGE(verified.ok(), verified.fault().check);
    CHECK(verified->size() == machine.size());
    CHECK(paths_of(*verified)[40] == "/usr/bin/40");
    CHECK((*verified)[21].violation());
  }
}

TEST_CASE("check 17: a log shorter than the PCR never passes") {
  const quoting_tpm chip;
  for (const auto& banks : {one_bank, three_banks}) {
    ima_machine machine{banks};
    machine.measure_files(12);
    const auto quote = chip.quote(machine.now());
    const auto log = machine.log();
    CHECK(verify_ima(log, machine.now(), quote).ok());
    for (std::size_t size = 0; size < log.size(); ++size)
      CHECK(code_of(verify_ima(byte_view{log}.first(size), machine.now(), quote)) == errc::mismatch);
  }
}

TEST_CASE("check 17: entries removed, doubled, swapped or inserted before the last covered one never pass") {
  const quoting_tpm chip;
  ima_machine machine{one_bank};
  machine.measure_files(10);
  const auto quote = chip.quote(machine.now());
  const auto& records = machine.records();
  const auto verdict = [&](std::vector<bytes> edited) {
    bytes log;
    for (const auto& record : edited)
      append(log, record);
    return verify_ima(log, machine.now(), quote);
  };
  REQUIRE(verdict(records).ok());
  for (std::size_t i = 0; i < records.size(); ++i) {
    CAPTURE(i);
    auto removed = records;
    removed.erase(removed.begin() + static_cast<std::ptrdiff_t>(i));
    CHECK(code_of(verdict(removed)) == errc::mismatch);
    auto inserted = records;
    inserted.insert(inserted.begin() + static_cast<std::ptrdiff_t>(i),
                    ima_record(10, "ima-ng", ima_ng_data("/x", "x")));
    CHECK(code_of(verdict(inserted)) == errc::mismatch);
    if (i + 1 == records.size()) continue;
    auto doubled = records;
    doubled.insert(doubled.begin() + static_cast<std::ptrdiff_t>(i), records[i]);
    CHECK(code_of(verdict(doubled)) == errc::mismatch);
    auto swapped = records;
    std::swap(swapped[i], swapped[i + 1]);
    CHECK(code_of(verdict(swapped)) == errc::mismatch);
  }
}

TEST_CASE("check 17: a flipped bit fails, except where no PCR covers it") {
  // Not covered: the SHA-1 column of an entry that is not a violation (any value but zeros), and the fields
  // of a violation. Template name and PCR index are not covered either, but no single flipped bit gives
  // another valid one.
  const quoting_tpm chip;
  ima_machine machine{one_bank};
  machine.measure_files(4).violate("/was-open").measure_files(4);
  const auto quote = chip.quote(machine.now());
  auto log = machine.log();
  std::vector<bool> covered;
  for (std::size_t i = 0; i < machine.size(); ++i) {
    const auto size = machine.records()[i].size();
    const bool violation = i == 4;
    for (std::size_t at = 0; at < size; ++at) {
      const bool column = at >= 4 && at < 24;
      const bool data = at >= 4 + 20 + 4 + 6 + 4;
      covered.push_back(violation ? !data : !column);
    }
  }
  std::size_t stayed = 0;
  for (std::size_t i = 0; i < log.size(); ++i) {
    CAPTURE(i);
    const auto bit = static_cast<std::uint8_t>(1U << (i % 8));
    log[i] = static_cast<std::uint8_t>(log[i] ^ bit);
    const auto verified = verify_ima(log, machine.now(), quote);
    log[i] = static_cast<std::uint8_t>(log[i] ^ bit);
    if (covered[i]) CHECK_FALSE(verified.ok());
    if (!verified.ok()) continue;
    ++stayed;
    CHECK(verified->size() == machine.size());
    CHECK((*verified)[4].violation());
  }
  CHECK(stayed >= 8 * 20);
}

TEST_CASE("check 17: the quote may be later than the values that came with it, by up to 4,096 entries") {
  const quoting_tpm chip;
  ima_machine machine{one_bank};
  machine.measure_files(4110);
  const auto log = machine.log();
  struct row {
    std::size_t claimed;
    std::size_t quoted;
    bool good;
  };
  const row rows[] = {{0, 0, true},        {5, 5, true},         {5, 12, true},
                      {5, 5 + 4096, true}, {5, 5 + 4097, false}, {12, 5, false}};
  for (const auto& [claimed, quoted, good] : rows) {
    CAPTURE(claimed);
    CAPTURE(quoted);
    const auto verified = verify_ima(log, machine.at(claimed), chip.quote(machine.at(quoted)));
    CHECK(verified.ok() == good);
    if (!verified) {
      CHECK(verified.fault().code == errc::mismatch);
      continue;
    }
    CHECK(verified->size() == quoted);
    CHECK(verified->state().entries == quoted);
    CHECK(same(verified->pcrs().get(sha256, 10), machine.at(quoted).get(sha256, 10)));
  }
}

TEST_CASE("check 17: banks may have been read at different entries before the quote") {
  const quoting_tpm chip;
  ima_machine machine{three_banks};
  machine.measure_files(20);
  auto claimed = machine.at(7);
  REQUIRE(claimed.set(sha384, 10, machine.at(3).get(sha384, 10)).ok());
  REQUIRE(claimed.set(sha1, 10, machine.at(9).get(sha1, 10)).ok());
  const auto verified = verify_ima(machine.log(), claimed, chip.quote(machine.at(11)));
  REQUIRE_MESSAGE(verified.ok(), verified.fault().check);
  CHECK(verified->size() == 11);
}

TEST_CASE("check 17: a PCR outside IMA's that differs from the quoted one is a mismatch") {
  const quoting_tpm chip;
  ima_machine machine{one_bank};
  machine.measure_files(3);
  auto claimed = machine.now();
  REQUIRE(claimed.set(sha256, 7, bytes(32, 0x77)).ok());
  CHECK(code_of(verify_ima(machine.log(), claimed, chip.quote(machine.now()))) == errc::mismatch);
  // A PCR whose value did not come along has no value.
  CHECK(code_of(verify_ima(machine.log(), only(machine.now(), 1U << 10U), chip.quote(machine.now())))
        == errc::malformed);
}

TEST_CASE("check 17: bytes after the covered prefix are dropped, whatever they are") {
  const quoting_tpm chip;
  for (const auto& banks : {one_bank, three_banks}) {
    ima_machine machine{banks};
    machine.measure_files(5);
    auto log = machine.log();
    append(log, ima_record(99, "evil", bytes(100, 0xee)));
    const auto verified = verify_ima(log, machine.now(), chip.quote(machine.now()));
    REQUIRE_MESSAGE(verified.ok(), verified.fault().check);
    CHECK(verified->size() == 5);
  }
}

TEST_CASE("check 17: the next attestation continues where the last one ended") {
  const quoting_tpm chip;
  ima_machine machine{three_banks};
  machine.measure_files(30);
  const auto first = verify_ima(machine.log(0, 12), machine.at(12), chip.quote(machine.at(12)));
  REQUIRE(first.ok());
  CHECK(first->first() == 0);
  const auto state = first->state();
  const auto quote = chip.quote(machine.now());

  const auto next = verify_ima(machine.log(12), machine.now(), quote, {}, state);
  REQUIRE_MESSAGE(next.ok(), next.fault().check);
  CHECK(next->first() == 12);
  CHECK(next->size() == 18);
  CHECK(next->state().entries == 30);
  CHECK(next->state().padded_banks == std::vector{sha384});
  CHECK((*next)[0].path == "/usr/bin/12");
  // Without new entries the log part may be empty.
  const auto none = verify_ima({}, machine.now(), quote, {}, next->state());
  REQUIRE(none.ok());
  CHECK(none->size() == 0);
  // A lower offset, a higher one, and another history.
  CHECK(code_of(verify_ima(machine.log(11), machine.now(), quote, {}, state)) == errc::mismatch);
  CHECK(code_of(verify_ima(machine.log(13), machine.now(), quote, {}, state)) == errc::mismatch);
  CHECK(code_of(verify_ima(machine.log(), machine.now(), quote, {}, state)) == errc::mismatch);
}

TEST_CASE("check 17: a state without a quoted bank asks for the whole log") {
  const quoting_tpm chip;
  ima_machine machine{three_banks};
  machine.measure_files(6);
  const auto narrow = only(machine.at(3), ~0U, sha256);
  const auto first = verify_ima(machine.log(0, 3), narrow, chip.quote(narrow));
  REQUIRE(first.ok());
  CHECK(code_of(verify_ima(machine.log(3), machine.now(), chip.quote(machine.now()), {}, first->state()))
        == errc::conflict);
}

TEST_CASE("ima verifier: after a fault every call gives the same fault") {
  const quoting_tpm chip;
  ima_machine machine{one_bank};
  machine.measure_files(3);
  auto state = tpm::first_log_state(machine.now().present()).value();
  state.values = machine.at(1);
  state.entries = 1; // so it is known how banks are fed, and the first bad entry decides
  auto verifier = tpm::ima_verifier::begin(state, machine.now(), chip.quote(machine.now())).value();
  const auto bad = ima_record(10, "x", {});
  const auto first = verifier.feed(bad);
  REQUIRE_FALSE(first.ok());
  CHECK(first.fault().check == "ima-log: entry 1: unknown template \"x\"");
  const auto again = verifier.feed(machine.log(1));
  REQUIRE_FALSE(again.ok());
  CHECK(again.fault() == first.fault());
  CHECK(code_of(std::move(verifier).finish()) == errc::unsupported);
}

TEST_CASE(
    "check 18: an entry of another PCR is never entry 0, wherever the list has it, and hides no later one") {
  const quoting_tpm chip;
  std::string values;
  const auto machine = [&] {
    ima_machine out{one_bank, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}};
    values.clear();
    for (unsigned pcr = 0; pcr <= 9; ++pcr)
      values += as_text(out.now().get(sha256, pcr));
    out.has_pcr(13);
    return out;
  };
  const auto outcome = [&](const ima_machine& m) {
    const auto verified = verify_ima(m.log(), m.now(), chip.quote(m.now()));
    REQUIRE(verified.ok());
    return std::pair{compare_boot_aggregate(*verified), first_later_aggregate(*verified)};
  };
  // A forged entry comes before the kernel's own, which is of another boot.
  auto forged = machine();
  forged.measure("boot_aggregate", values, 13).measure("boot_aggregate", "x").measure_files(2);
  CHECK(outcome(forged).first == tpm::aggregate_outcome::differs);
  // A file before a genuine boot_aggregate does not make it a later one.
  auto genuine = machine();
  genuine.measure("/usr/bin/x", "x", 13).measure("boot_aggregate", values).measure_files(2);
  CHECK(outcome(genuine).first == tpm::aggregate_outcome::bound);
  CHECK_FALSE(outcome(genuine).second.has_value());
  // After a kexec, the boot_aggregate that the kernel measured into PCR 10 counts.
  genuine.measure("boot_aggregate", values, 13).measure("boot_aggregate", values);
  CHECK(outcome(genuine).second == 5);
}

TEST_CASE("check 18: a later boot_aggregate in a bank that was not quoted may come from a kexec") {
  const quoting_tpm chip;
  ima_machine machine{one_bank, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}};
  machine.measure("boot_aggregate", "x").measure_files(2);
  const auto later = [&](hash_algorithm bank) {
    auto m = machine;
    m.measure_digest("boot_aggregate", bank, crypto::hash(bank, as_bytes("of a bank")).view());
    const auto verified = verify_ima(m.log(), m.now(), chip.quote(m.now()));
    REQUIRE(verified.ok());
    return first_later_aggregate(*verified);
  };
  CHECK(later(hash_algorithm::sha1) == 3);
  CHECK(later(hash_algorithm::sha512) == 3);
  CHECK_FALSE(later(sha256).has_value()); // the quoted values disprove it
}

TEST_CASE("ima verifier: a machine without IMA has an empty log, and PCR 10 with its start value") {
  const quoting_tpm chip;
  const ima_machine machine{one_bank};
  const auto verified = verify_ima({}, machine.now(), chip.quote(machine.now()));
  REQUIRE(verified.ok());
  CHECK(verified->size() == 0);
  CHECK(verified->state().entries == 0);
  CHECK(compare_boot_aggregate(*verified) == tpm::aggregate_outcome::absent);
}
