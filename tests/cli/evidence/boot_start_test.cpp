// `muster appraise` over evidence whose boot log leaves open where PCR 0 starts, and over an empty boot log.
// What breaks if these fail: good machines are called NOT GENUINE, or a start is accepted that was not quoted.
#include "cli/evidence/offline_evidence.hpp"
#include "tests/appraisal/attesting_machine.hpp"
#include "tests/tpm/logs.hpp"
#include "tpm/evidence/boot_replay.hpp"

using namespace muster;
using namespace muster::testing;

namespace {

const soft_tpm& chip() {
  static const soft_tpm made;
  return made;
}

/// A quote over PCR 0 to 7 of SHA-256 after this log, and the log; no PCR values are given.
cli::offline_report appraise_log(byte_view raw, std::uint8_t real) {
  const auto log = tpm::parse_event_log(raw).value();
  crypto::hasher hash{hash_algorithm::sha256};
  const auto replayed = tpm::replay_bank(log, hash, ~0U, real);
  tpm::pcr_values values;
  for (unsigned pcr = 0; pcr < 8; ++pcr)
    REQUIRE(values.set(hash_algorithm::sha256, pcr, replayed.values[pcr].view()).ok());
  const auto nonce = muster::to_bytes(as_bytes("a nonce"));
  const auto quote = chip().sign(chip().honest(tpm::binding{nonce}.view(), values.present(), values));
  const auto ak = chip().trusted();
  cli::offline_inputs in{ak, quote.attest, quote.signature, nonce, {}, raw, {}, nullptr, {}};
  return cli::verify_offline(in);
}

std::string detail_of(const cli::offline_report& report, std::string_view check) {
  for (const auto& one : report.checks)
    if (one.name == check) return one.detail;
  return {};
}

cli::offline_report appraise(const attesting_machine& from, bool with_values,
                             std::optional<bytes> boot_log = {}, bool with_boot_log = true) {
  auto m = from;
  const auto in = m.challenge(appraisal::logs_wanted::whole);
  const auto e = m.answer(in);
  const auto bound = tpm::quote_binding({in.challenge.nonce, in.channel.node, in.channel.exporter,
                                         in.channel.node_spki, crypto::sha256(e.manifest.view())});
  cli::offline_inputs given{
      in.ak, e.quote.attest, e.quote.signature, muster::to_bytes(bound.view()), {}, {}, e.ima_log, nullptr,
      {}};
  if (with_values) given.pcrs = e.hints;
  if (!boot_log) boot_log = e.boot_log;
  if (with_boot_log) given.event_log = *boot_log;
  return cli::verify_offline(given);
}

std::vector<std::string> checks_of(const cli::offline_report& report) {
  std::vector<std::string> out;
  for (const auto& f : report.remarks)
    out.push_back(f.check);
  return out;
}

/// The machine with a TPM that was started at that locality.
attesting_machine started(std::uint8_t locality) {
  attesting_machine m{"direct-tis"};
  const auto log = tpm::parse_event_log(m.files().boot_log).value();
  for (const auto& bank : m.files().pcrs.present()) {
    crypto::hasher hash{bank.algorithm};
    const auto replayed = tpm::replay_bank(log, hash, 1U, locality);
    REQUIRE(m.files().pcrs.set(bank.algorithm, 0, replayed.values[0].view()).ok());
  }
  return m;
}

} // namespace

TEST_CASE("the quote chooses where PCR 0 started, among the starts that the log leaves possible") {
  struct row {
    const char* file;
    std::vector<std::uint8_t> possible;
  };
  const row rows[] = {{"hcrtm", {0, 3, 4}},
                      {"locality3", {3}},
                      {"locality3-padded50", {3}},
                      {"noaction-sha1-only", {3}},
                      {"bootorder-0001-0000", {0, 3, 4}}};
  for (const auto& row : rows)
    for (const std::uint8_t real : {std::uint8_t{0}, std::uint8_t{2}, std::uint8_t{3}, std::uint8_t{4}}) {
      CAPTURE(row.file);
      CAPTURE(real);
      const bool possible = std::ranges::find(row.possible, real) != row.possible.end();
      const auto report = appraise_log(read_test_data(std::string{"reports/"} + row.file + ".bin"), real);
      CHECK_MESSAGE(report.genuine() == possible, report.checks.back().detail);
      if (!possible || real == 0) continue;
      CHECK(detail_of(report, "event-log").find("PCR 0 from locality " + std::to_string(real))
            != std::string::npos);
    }
}

TEST_CASE("the start of PCR 0 is found together with the end of the IMA list") {
  for (const std::uint8_t locality : {std::uint8_t{0}, std::uint8_t{3}, std::uint8_t{4}})
    for (const bool with_values : {false, true}) {
      CAPTURE(locality);
      const auto report = appraise(started(locality), with_values);
      CHECK(report.genuine());
      CHECK(report.boot.has_value());
    }
  CHECK_FALSE(appraise(started(2), false).genuine());
  CHECK_FALSE(appraise(started(2), true).genuine());
}

TEST_CASE("Windows: a bank that the log lacks in places is left out with a note") {
  const auto report = appraise_log(read_test_data("reports/wbcl-one-digest.bin"), 0);
  CHECK(report.genuine());
  CHECK(detail_of(report, "event-log").ends_with("; sha1 is left out: event 3 has no digest for it"));
}

TEST_CASE("an empty boot log is no log: the same findings as without one") {
  const attesting_machine machine{"grub-sb"};
  const auto empty = appraise(machine, true, bytes{});
  const auto none = appraise(machine, true, {}, false);
  CHECK(empty.genuine());
  CHECK(detail_of(empty, "event-log") == "the file is empty: the machine has no boot log");
  CHECK(checks_of(empty) == checks_of(none));
  const auto told = checks_of(empty);
  CHECK(std::ranges::find(told, "boot.no-log") != told.end());
  // Without values the quote cannot be explained: the log is what is missing.
  CHECK_FALSE(appraise(machine, false, bytes{}).genuine());
}
