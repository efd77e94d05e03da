// Entries that a machine sent and that no quote covers yet may only make it worse. What breaks if this fails:
// an implant that was reported before the connection broke, or while the log ran ahead of the quote, goes
// unseen until the lease ends; or such entries make a good machine look bad.
#include "appraisal/attestation/running_attestation.hpp"
#include "appraisal/attestation/unproven.hpp"
#include "tests/appraisal/attesting_machine.hpp"
#include "tests/appraisal/samples.hpp"

using namespace muster;
using namespace muster::appraisal;
using namespace muster::testing;

namespace {

/// The connection breaks after `told` bytes of the IMA log, which come in parts of `part` bytes.
std::optional<attestation_outcome> broken_off(const attestation_inputs& in, const testing::evidence& e,
                                              std::size_t told, std::size_t part = 100) {
  running_attestation run{in};
  (void)run.take_part0(e.manifest, e.quote.attest, e.quote.signature, e.hints);
  if (!e.boot_log.empty()) (void)run.take_log_part(log_kind::boot, e.boot_log);
  auto rest = byte_view{e.ima_log}.first(told);
  while (!rest.empty()) {
    const auto now = rest.first(std::min(part, rest.size()));
    (void)run.take_log_part(log_kind::ima, now);
    rest = rest.subspan(now.size());
  }
  return std::move(run).cut_off();
}

void check_unproven(const attestation_outcome& out, std::string_view path) {
  REQUIRE_FALSE(out.findings.empty());
  const auto& f = out.findings.back();
  CHECK(f.check == "evidence.unproven");
  CHECK(f.kind == finding_kind::evidence);
  CHECK(f.level == severity::failure);
  CHECK(f.subject == path);
}

/// Bytes of the first record: PCR, SHA-1, template name and data, the last two with their length.
std::size_t first_record_of(byte_view list) {
  const auto u32 = [&](std::size_t at) {
    return std::size_t{list[at]} | std::size_t{list[at + 1]} << 8U | std::size_t{list[at + 2]} << 16U;
  };
  const auto name = std::size_t{4} + 20;
  const auto data = name + 4 + u32(name);
  return data + 4 + u32(data);
}

bytes implant() { return ima_record(10, "ima-ng", ima_ng_data("/usr/bin/implant", "bad")); }

std::chrono::nanoseconds ticks{0};
/// Each call of this clock adds a millisecond.
std::chrono::nanoseconds slow_clock() { return ticks += std::chrono::milliseconds{1}; }

} // namespace

TEST_CASE("check 17: of what was reported before the connection broke, only bad news counts") {
  for (const auto logs : {logs_wanted::whole, logs_wanted::increment}) {
    auto m = trusted_machine();
    m.run("/usr/bin/implant", "bad");
    m.run("/usr/bin/other", "bad, too");
    m.run("/usr/bin/last", "never told");
    const auto in = m.challenge(logs);
    const auto e = m.answer(in);
    const auto last = ima_record(10, "ima-ng", ima_ng_data("/usr/bin/last", "never told")).size();
    const auto other = ima_record(10, "ima-ng", ima_ng_data("/usr/bin/other", "bad, too")).size();
    const auto all = e.ima_log.size();

    for (const std::size_t part : {1U, 7U, 100U, 100'000U}) {
      const auto out = broken_off(in, e, all - last, part);
      REQUIRE(out);
      CHECK(out->end == attestation_end::failed);
      check_unproven(*out, "/usr/bin/implant");
      CHECK(out->findings[0].sentence.find("1 more") != std::string::npos);
      // Cut inside the second entry: only one is known.
      const auto one = broken_off(in, e, all - last - other + 5, part);
      REQUIRE(one);
      CHECK(one->findings[0].sentence.find("more") == std::string::npos);
      // Nothing bad was sent yet.
      CHECK_FALSE(broken_off(in, e, all - last - other - implant().size(), part));
      CHECK_FALSE(broken_off(in, e, all - last - other - 1, part));
    }
  }
}

TEST_CASE("a good machine whose connection breaks anywhere has reported nothing bad") {
  auto m = trusted_machine();
  const auto in = m.challenge(logs_wanted::whole);
  const auto e = m.answer(in);
  for (std::size_t told = 0; told < e.ima_log.size(); told += 97)
    CHECK_FALSE(broken_off(in, e, told));
}

TEST_CASE("check 17: a quote that proves a reset or a restart counts for that, even if its logs never came") {
  for (const auto logs : {logs_wanted::whole, logs_wanted::increment})
    for (const bool reset : {false, true}) {
      auto m = trusted_machine();
      if (reset)
        m.boot_from("grub-sb-reboot");
      else
        ++m.restart_count;
      const auto in = m.challenge(logs);
      const auto out = broken_off(in, m.answer(in), 0);
      REQUIRE(out);
      CHECK(out->end == attestation_end::again);
      CHECK(out->findings.empty());
      REQUIRE(out->ended);
      CHECK(out->ended->reset_count == m.reset_count);
      CHECK(out->ended->restart_count == m.restart_count);
      // An attestation that came too late to count reports that, too, and nothing else of it is kept.
      const auto late = bad_news_of(std::make_shared<const attestation_outcome>(appraise(in, m.answer(in))));
      REQUIRE(late);
      CHECK(late->end == attestation_end::again);
      CHECK_FALSE(late->boot);
      CHECK(late->ended->reset_count == m.reset_count);
    }
}

TEST_CASE("check 05: logs that come with an invalid quote count for nothing") {
  auto m = trusted_machine();
  m.run("/usr/bin/implant", "bad");
  const auto in = m.challenge(logs_wanted::increment);
  auto e = m.answer(in);
  e.quote.signature.back() ^= 1;
  CHECK_FALSE(broken_off(in, e, e.ima_log.size()));
}

TEST_CASE("check 17: an implant after the covered prefix is found in the attestation that reports it") {
  for (const auto logs : {logs_wanted::whole, logs_wanted::increment}) {
    auto m = trusted_machine();
    const auto in = m.challenge(logs);
    auto e = m.answer(in);
    append(e.ima_log, implant());
    for (const std::size_t part : {std::size_t{13}, std::size_t{1} << 20U}) {
      const auto out = appraise(in, e, part);
      REQUIRE(out.end == attestation_end::verified);
      check_unproven(out, "/usr/bin/implant");
      CHECK(out.boot->ima.entries == m.recorded->ima.entries); // not covered, so not recorded
    }
    // A log that runs ahead of the quote with known entries is as good as one that does not.
    auto good = m.answer(in);
    append(good.ima_log, byte_view{m.files().ima_log}.subspan(first_record_of(m.files().ima_log)));
    CHECK(appraise(in, good).findings.empty());
    // So is one with bytes that cannot be read.
    auto cut = m.answer(in);
    append(cut.ima_log, bytes(50, 0xee));
    CHECK(appraise(in, cut).findings.empty());
  }
}

TEST_CASE("check 18: any file can be named boot_aggregate, so without a quote that covers it the name "
          "excuses nothing") {
  for (const auto logs : {logs_wanted::whole, logs_wanted::increment}) {
    auto m = trusted_machine();
    const auto in = m.challenge(logs);
    auto e = m.answer(in);
    append(e.ima_log, ima_record(10, "ima-ng", ima_ng_data("boot_aggregate", "bad")));
    check_unproven(appraise(in, e), "boot_aggregate");
  }
}

TEST_CASE(
    "check 17: an increment that does not continue reports its bad news before the whole log is asked for") {
  auto m = trusted_machine();
  m.run("/usr/bin/implant", "bad");
  const auto in = m.challenge(logs_wanted::increment);
  auto e = m.answer(in);
  e.hints = {};
  for (const auto& bank : in.challenge.selection)
    for (unsigned pcr = 0; pcr < 15; ++pcr)
      REQUIRE(e.hints.set(bank.algorithm, pcr, bytes(digest_size(bank.algorithm), 9)).ok());
  const auto out = appraise(in, e);
  CHECK(out.end == attestation_end::again);
  check_unproven(out, "/usr/bin/implant");
}

TEST_CASE("check 17: another boot log, boot id or start of the list does not stop the reading of the "
          "reported entries") {
  const auto altered = [](const std::function<void(wire::Manifest::Builder)>& alter) {
    auto m = trusted_machine();
    m.run("/usr/bin/implant", "bad");
    const auto in = m.challenge(logs_wanted::increment);
    const auto e = m.answer(in, alter);
    const auto out = appraise(in, e, 50);
    CHECK(out.end == attestation_end::again);
    check_unproven(out, "/usr/bin/implant");
    const auto cut = broken_off(in, e, e.ima_log.size());
    REQUIRE(cut);
    check_unproven(*cut, "/usr/bin/implant");
  };
  altered([](auto manifest) { manifest.setBootLogDigest(data_of(bytes32{})); });
  altered([](auto manifest) { manifest.setBootId(data_of(bytes(16, 0x77))); });
  altered([](auto manifest) { manifest.setImaFirst(1); });
}

TEST_CASE("check 25: evidence that exceeds its CPU limit is a finding that names the setting") {
  auto m = trusted_machine();
  for (unsigned i = 0; i < 200; ++i)
    m.run("/usr/bin/" + std::to_string(i), "x");
  auto in = m.challenge(logs_wanted::whole);
  const auto e = m.answer(in);
  in.budget = {std::chrono::seconds{10}, slow_clock};
  CHECK(appraise(in, e).end == attestation_end::verified);
  for (const int ms : {1, 3, 6, 20}) {
    in.budget = {std::chrono::milliseconds{ms}, slow_clock};
    const auto out = appraise(in, e);
    CHECK(out.end == attestation_end::failed);
    REQUIRE_FALSE(out.findings.empty());
    CHECK(out.findings[0].check == "evidence.cost");
    CHECK(out.findings[0].remedy.find("limits.attestation_cpu") != std::string::npos);
  }
}
