// What breaks if these fail: a machine reports another boot than before although its TPM was not reset, or
// reports later extensions as if they had been there from the start.
#include "appraisal/attestation/boot_story.hpp"
#include "tests/appraisal/samples.hpp"
#include "tests/appraisal/unified_kernel.hpp"

namespace muster::testing {

using namespace muster::appraisal;
using appraisal::samples::checks_of;
using appraisal::samples::find;

namespace {

attesting_machine attested() {
  auto m = uki_machine();
  const auto out = attest(m, logs_wanted::whole);
  REQUIRE(out.end == attestation_end::verified);
  m.reference = samples::reference_of(*out.claims, out.files);
  return m;
}

/// The same log with one more event, which was not measured.
bytes written(attesting_machine& m) {
  auto out = m.files().boot_log;
  const auto log = tpm::parse_event_log(out).value();
  writer more;
  more.u32_le(0).u32_le(static_cast<std::uint32_t>(tpm::event_type::no_action));
  more.u32_le(static_cast<std::uint32_t>(log.banks().size()));
  for (const auto& bank : log.banks())
    more.u16_le(bank.algorithm).put(bytes(bank.digest_size, 0));
  more.u32_le(0);
  append(out, more.view());
  return out;
}

} // namespace

TEST_CASE("check 10: a boot log that changes while the TPM was not reset is a failure until the next boot") {
  struct row {
    const char* what;
    void (*happen)(attesting_machine&);
    std::optional<severity> level;
  };
  const row rows[] = {
      {"nothing", [](auto&) {}, {}},
      {"an event that is not measured",
       [](auto& m) {
         auto raw = written(m);
         m.files().boot_log = raw;
       },
       severity::failure},
      {"the same under another boot id",
       [](auto& m) {
         m.files().boot_log = written(m);
         m.boot.raw[0] ^= 1;
       },
       severity::failure},
      {"no log any more", [](auto& m) { m.files().boot_log.clear(); }, severity::warning},
      {"a suspend", [](auto& m) { ++m.restart_count; }, {}},
      {"a suspend, and another log",
       [](auto& m) {
         m.files().boot_log = written(m);
         ++m.restart_count;
       },
       severity::failure},
      {"a suspend, and no log any more",
       [](auto& m) {
         m.files().boot_log.clear();
         ++m.restart_count;
       },
       severity::warning},
      {"no log in between",
       [](auto& m) {
         const auto genuine = std::exchange(m.files().boot_log, {});
         attest(m, logs_wanted::whole);
         m.files().boot_log = genuine;
       },
       {}},
      {"no log in between, then another",
       [](auto& m) {
         const auto another = written(m);
         m.files().boot_log.clear();
         attest(m, logs_wanted::whole);
         attest(m, logs_wanted::increment);
         m.files().boot_log = another;
       },
       severity::failure},
      {"a TPM that was started anew after a suspend, with another log",
       [](auto& m) {
         m.files().boot_log = written(m);
         m.begin_list();
         m.run("/usr/bin/first", "of another boot");
         ++m.restart_count;
       },
       {}},
      {"a reboot", [](auto& m) { ++m.reset_count; }, {}},
      {"a reboot with another log",
       [](auto& m) {
         m.files().boot_log = written(m);
         ++m.reset_count;
       },
       {}},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    auto m = attested();
    row.happen(m);
    const auto out = attest(m, logs_wanted::whole);
    REQUIRE(out.end == attestation_end::verified);
    const auto* f = find(out.findings, "event.boot-log-changed");
    REQUIRE((f != nullptr) == row.level.has_value());
    if (f == nullptr) continue;
    CHECK(f->level == *row.level);
    CHECK(f->kind == finding_kind::event);
  }
}

TEST_CASE("check 10: an increment without a boot log gives a finding, and the verified log stays on record") {
  auto m = attested();
  const auto recorded = m.recorded->boot_log;
  m.files().boot_log.clear();
  const auto out = attest(m, logs_wanted::increment);
  REQUIRE(out.end == attestation_end::verified);
  REQUIRE(find(out.findings, "event.boot-log-changed") != nullptr);
  CHECK(find(out.findings, "event.boot-log-changed")->level == severity::warning);
  CHECK(m.recorded->boot_log == recorded);
  CHECK(m.recorded->after_log.has_value());
}

TEST_CASE("check 10: a PCR that still had its start value is not free to change after a suspend, or without "
          "a log") {
  for (const bool suspended : {true, false}) {
    auto m = attested();
    if (!suspended) {
      const auto genuine = std::exchange(m.files().boot_log, {});
      REQUIRE(attest(m, logs_wanted::whole).end == attestation_end::verified);
      m.files().boot_log = genuine;
    }
    m.extend(13, as_bytes("evil"));
    log_event(m, 13, as_bytes("evil"));
    if (suspended) ++m.restart_count;
    const auto out = attest(m, logs_wanted::whole);
    REQUIRE(out.end == attestation_end::verified);
    REQUIRE(find(out.findings, "boot.unexplained") != nullptr);
    CHECK(find(out.findings, "boot.unexplained")->level == severity::failure);
    REQUIRE(find(out.findings, "event.boot-log-changed") != nullptr);
    CHECK(find(out.findings, "event.boot-log-changed")->level == severity::failure);
  }
}

TEST_CASE("check 10: an extension before a suspend is not excused by a log that lists it afterwards") {
  for (unsigned pcr = 11; pcr <= 14; ++pcr) {
    CAPTURE(pcr);
    auto m = uki_machine();
    log_event(m, pcr, as_bytes("of the boot"));
    m.extend(pcr, as_bytes("of the boot"));
    REQUIRE(attest(m, logs_wanted::whole).end == attestation_end::verified);
    // Root makes it look like another boot: PCR 9 moved, too.
    m.extend(9, as_bytes("evil"));
    log_event(m, 9, as_bytes("evil"));
    auto honest = m;
    ++honest.restart_count;
    CHECK(find(attest(honest, logs_wanted::whole).findings, "boot.unexplained") == nullptr);
    m.extend(pcr, as_bytes("evil"));
    log_event(m, pcr, as_bytes("evil"));
    ++m.restart_count;
    const auto out = attest(m, logs_wanted::whole);
    REQUIRE(out.end == attestation_end::verified);
    REQUIRE(find(out.findings, "boot.unexplained") != nullptr);
    CHECK(find(out.findings, "boot.unexplained")->kind == finding_kind::event);
  }
}

TEST_CASE("check 17: a boot log with events of IMA's PCR fails as evidence") {
  auto m = attested();
  log_event(m, 10, as_bytes("x"));
  const auto out = attest(m, logs_wanted::whole);
  CHECK(out.end == attestation_end::failed);
  CHECK(checks_of(out.findings) == std::vector<std::string>{"evidence.boot-log"});
}

TEST_CASE(
    "check 17: an extension that is claimed as the boot's, with a clean list after it, does not verify") {
  auto m = attested();
  m.run("/usr/bin/implant", "evil");
  const auto measured = m.files().ima_log;
  // Root extends the clean list once more, and reports all that was measured as events of the boot.
  const auto clean = attesting_machine{"grub-sb"}.files().ima_log;
  const auto each = [](byte_view rest, auto&& visit) {
    tpm::ima_log_reader reader;
    for (tpm::ima_entry entry; !rest.empty();) {
      const auto taken = reader.read(rest, entry);
      if (!taken || *taken == 0) break;
      visit(muster::to_bytes(entry.data));
      rest = rest.subspan(*taken);
    }
  };
  each(measured, [&](const bytes& data) { log_event(m, 10, data); });
  each(clean, [&](const bytes& data) { m.extend(10, data); });
  m.files().ima_log = clean;
  for (const bool same_boot : {true, false}) {
    if (!same_boot) ++m.reset_count;
    CHECK(attest(m, logs_wanted::whole).end == attestation_end::failed);
  }
}

TEST_CASE("check 17: IMA cannot start its list in a PCR that something else extended") {
  attesting_machine m{"grub-sb"};
  const auto data = ima_ng_data("/usr/bin/x", "x");
  const auto begin = [&](unsigned pcr) {
    append(m.files().ima_log, ima_record(pcr, "ima-ng", data));
    m.extend(pcr, data);
    m.run("/usr/bin/y", "y"); // so that the quote covers the previous entry
  };
  m.extend(12, as_bytes("not of IMA"));
  REQUIRE(attest(m, logs_wanted::whole).end == attestation_end::verified);
  auto other = m;
  begin(12);
  CHECK(attest(m, logs_wanted::increment).end == attestation_end::again);
  CHECK(attest(m, logs_wanted::whole).end == attestation_end::failed);
  m = other;
  begin(11); // still has its start value
  m.recorded = nullptr;
  CHECK(attest(m, logs_wanted::whole).end == attestation_end::verified);
}

} // namespace muster::testing
