// Root writes the list, so data that no digest covers must not help. What breaks if this fails: a machine
// that is bad by its honest list looks better with other names, numbers, paths or boot ids in the list, at
// once or after its record was read again.
#include "appraisal/attestation/reappraise.hpp"
#include "appraisal/verdict/conclusion.hpp"
#include "records/record_codec.hpp"
#include "standing/recorded_claims.hpp"
#include "tests/appraisal/attesting_machine.hpp"
#include "tests/appraisal/samples.hpp"

#include <set>

using namespace muster;
using namespace muster::appraisal;
using namespace muster::testing;

namespace {

constexpr auto vouched = endorsement::vendor;

file_claims read_back(const file_claims& files) {
  file_claims out;
  for (const auto& one : service::claims_for_record(files))
    REQUIRE(out.push(service::claim_on_record(
        {{}, one.path, one.algorithm, one.digest, one.kind, one.signature, one.signer})));
  return out;
}

boot_claims read_back(const boot_claims& boot) {
  auto read = service::boot_from(service::to_record(boot.get()).read_back());
  REQUIRE(read.ok());
  return claims_from_record(*std::move(read));
}

struct shown {
  int at_once = 0;
  int later = 0; ///< after the record was read and appraised again
};

/// The result of whole logs, for a service that knows nothing about the machine, or its `recorded` state.
shown shows(attesting_machine& m) {
  const reference_state state = reference_state::present;
  const auto in = m.challenge(logs_wanted::whole);
  const auto out = appraise(in, m.answer(in));
  auto kept = conclude({}, out.findings, out.what, out.unlisted, {vouched, m.rules.get(), state});
  shown result{rank_of(kept.verdict), rank_of(kept.verdict)};
  if (out.end != attestation_end::verified) return result;
  const auto of_boot = appraise_boot(read_back(*out.claims), m.reference.get(), *m.rules);
  const auto again = reappraise(of_boot, read_back(out.files), m.reference.get(), *m.rules,
                                {kept.kept.findings, kept.kept.total, vouched});
  result.later = rank_of(again.verdict);
  return result;
}

bytes text(std::string_view words) { return muster::to_bytes(as_bytes(words)); }

bytes with_field(std::string_view path, byte_view content, byte_view third) {
  auto out = ima_ng_data(path, as_text(content));
  append(out, ima_field(third));
  return out;
}

/// The only bad entry of the machine, as an honest kernel lists it.
struct bad_entry {
  const char* what;
  std::string_view template_name;
  bytes data;
  bool violation = false;
};

std::vector<bad_entry> bad_entries() {
  const auto attribute = text("\x03 signature");
  const auto line = text("root=/dev/sda1 init=/evil");
  return {
      {"unknown file", "ima-ng", ima_ng_data("/usr/bin/evil", "evil")},
      {"unknown file with an attribute", "ima-sig", with_field("/usr/bin/evil", text("evil"), attribute)},
      {"unknown file that is its attribute", "ima-sig", with_field("/usr/bin/evil", attribute, attribute)},
      {"forbidden command line", "ima-buf", with_field("kexec-cmdline", line, line)},
      {"violation", "ima-ng", ima_ng_data("/usr/bin/bash", "x"), true}};
}

/// `m` with one more entry in its list, which is reported as `name`, `pcr` and `data`.
attesting_machine telling(const attesting_machine& m, const bad_entry& bad, std::string_view name,
                          unsigned pcr, const bytes& data) {
  auto out = m;
  auto list = out.files().ima_log;
  if (bad.violation)
    out.violate("/usr/bin/bash");
  else
    out.measure(bad.data, bad.template_name);
  const auto column = bad.violation ? std::optional<bytes>{bytes(20, 0)} : std::nullopt;
  append(list, ima_record(pcr, name, data, column));
  out.files().ima_log = list;
  return out;
}

void never_better(const shown& honest, attesting_machine other) {
  const auto now = shows(other);
  CHECK(now.at_once <= honest.at_once);
  CHECK(now.later <= honest.later);
}

policy strict() {
  policy out;
  out.exclude = {"/var/log"};
  out.buffers.kexec_command_line = {pattern::make("root=/dev/sda1").value()};
  out.of(judged_check::not_a_file) = severity::note;
  return out;
}

/// Template names that a list may have, and field orders that no list has.
constexpr std::string_view template_names[] = {"ima",
                                               "ima-ng",
                                               "ima-sig",
                                               "ima-ngv2",
                                               "ima-sigv2",
                                               "ima-buf",
                                               "evm-sig",
                                               "ima-modsig",
                                               "d-ng|n-ng|sig",
                                               "d-ng|n-ng|buf",
                                               "d-ng|n-ng|xattrvalues",
                                               "d-ng|n-ng",
                                               "n-ng|d-ng",
                                               "sig|n-ng|d-ng",
                                               "d-ng|sig|n-ng",
                                               "d-ng|n-ng|modsig",
                                               "d|n",
                                               "x"};

} // namespace

TEST_CASE("check 20: no other name, PCR, path or boot id makes a bad machine look better, now or later") {
  for (const std::string vm : machines)
    for (const auto mode : {file_mode::strict, file_mode::known_only}) {
      attesting_machine good{vm};
      auto rules = strict();
      rules.files = mode;
      good.rules = std::make_shared<const policy>(rules);
      const auto base = attest(good, logs_wanted::whole);
      REQUIRE(base.end == attestation_end::verified);
      good.reference = samples::reference_of(*base.claims, base.files);
      const auto recorded = good.recorded;
      good.recorded = nullptr;
      const auto best = shows(good);
      CHECK(best.at_once == best.later);
      for (const auto& bad : bad_entries()) {
        CAPTURE(vm);
        CAPTURE(bad.what);
        auto honest_machine = telling(good, bad, bad.template_name, 10, bad.data);
        const auto honest = shows(honest_machine);
        CHECK(honest.at_once == honest.later);
        if (mode == file_mode::strict) CHECK(honest.at_once < 3);
        for (const auto name : template_names) {
          CAPTURE(name);
          never_better(honest, telling(good, bad, name, 10, bad.data));
        }
        for (const unsigned pcr : {0U, 4U, 11U, 12U, 13U, 14U}) {
          CAPTURE(pcr);
          never_better(honest, telling(good, bad, bad.template_name, pcr, bad.data));
        }
        if (bad.violation)
          for (const std::string_view path : {"/var/log/syslog", "boot_aggregate", "/etc/passwd", "x"})
            for (const std::string_view content : {"x", "evil"}) {
              CAPTURE(path);
              never_better(honest, telling(good, bad, "ima-ng", 10, ima_ng_data(path, content)));
              never_better(honest,
                           telling(good, bad, "ima-buf", 10, with_field(path, text(content), text(content))));
            }
        for (const int boot : {1, 0x55, 0xff}) {
          auto elsewhere = telling(good, bad, bad.template_name, 10, bad.data);
          elsewhere.recorded = recorded; // a state of the same boot, before the bad entry
          elsewhere.boot.raw.fill(static_cast<std::uint8_t>(boot));
          never_better(honest, std::move(elsewhere));
        }
      }
    }
}

TEST_CASE(
    "check 19: a violation stays one on record, its digest counts for no file, and no reference learns it") {
  attesting_machine m{"grub-sb"};
  m.violate("/usr/bin/bash"); // the list also has a digest of its content
  const auto out = attest(m, logs_wanted::whole);
  REQUIRE(out.end == attestation_end::verified);
  const auto before = out.files[out.files.size() - 1];
  const auto files = read_back(out.files);
  const auto after = files[files.size() - 1];
  for (const auto& one : {before, after}) {
    CHECK(one.kind == file_kind::violation);
    CHECK(one.path == "/usr/bin/bash");
    CHECK(std::ranges::all_of(one.digest, [](std::uint8_t byte) { return byte == 0; }));
  }
  const auto learnt = samples::reference_from(*out.claims, files, "test").value();
  for (std::size_t i = 0; i < learnt.files.size(); ++i)
    CHECK(learnt.files[i].path != "/usr/bin/bash");

  // A file that the kernel could not read also has a digest of zeros, and stays a file on record.
  file_claims zero;
  REQUIRE(zero.push({file_kind::file, hash_algorithm::sha256, bytes32{}, "/x"}));
  CHECK(read_back(zero)[0].kind == file_kind::file);
}

TEST_CASE("check 19: no excluded path hides a violation, and no list keeps one from being found") {
  attesting_machine m{"grub-sb"};
  policy rules;
  rules.exclude = {"/var/log"};
  rules.of(judged_check::violation) = severity::failure;
  m.rules = std::make_shared<const policy>(rules);
  const auto base = attest(m, logs_wanted::whole);
  m.reference = samples::reference_of(*base.claims, base.files);
  m.violate("/var/log/syslog");
  const auto seen = shows(m);
  CHECK(seen.at_once == 0);
  CHECK(seen.later == 0);
}

namespace {

/// `m`, whose list so far was `before`, with `count` more violations, reported as `name`0, `name`1, ...
attesting_machine violated_as(const attesting_machine& m, bytes before, std::size_t count,
                              const std::string& name) {
  auto out = m;
  for (std::size_t i = 0; i < count; ++i)
    append(before, ima_record(10, "ima-ng", ima_ng_data(name + std::to_string(i), "x"), bytes(20, 0)));
  out.files().ima_log = std::move(before);
  return out;
}

/// The violations that an outcome puts on record, each once.
std::set<std::string> violations_for_record(const attestation_outcome& out) {
  std::set<std::string> names;
  for (const auto& one : service::claims_for_record(out.files))
    if (one.kind == static_cast<std::uint8_t>(file_kind::violation)) CHECK(names.insert(one.path).second);
  return names;
}

} // namespace

TEST_CASE(
    "check 19: violations that are reported again with new names add nothing to the record, and stay found") {
  constexpr std::size_t count = 300;
  constexpr std::size_t most = file_claims::max_names + 1;
  for (const auto level : {severity::warning, severity::failure}) {
    attesting_machine m{"grub-sb"};
    policy rules;
    rules.of(judged_check::violation) = level;
    m.rules = std::make_shared<const policy>(rules);
    const auto base = attest(m, logs_wanted::whole);
    m.reference = samples::reference_of(*base.claims, base.files);
    const auto list = m.files().ima_log;
    for (std::size_t i = 0; i < count; ++i)
      m.violate("/srv/" + std::to_string(i));
    const auto honest = shows(m);
    const int expected = level == severity::failure ? 0 : 2;
    CHECK(honest.at_once == expected);
    CHECK(honest.later == expected);
    for (const std::string name : {"/srv/", "/made/up/", "/var/log/../"}) {
      CAPTURE(name);
      auto retold = violated_as(m, list, count, name);
      retold.boot.raw[0] ^= static_cast<std::uint8_t>(name.size());
      const auto out = attest(retold, logs_wanted::whole);
      REQUIRE(out.end == attestation_end::verified);
      const auto names = violations_for_record(out);
      CHECK(names.size() == most);
      CHECK(names.contains(""));
      const auto now = shows(retold);
      CHECK(now.at_once == expected);
      CHECK(now.later == expected);
    }

    // An increment has the same bound. Its additions are found with the rest when the record is judged again.
    auto out = attest(m, logs_wanted::whole);
    auto on_record = read_back(out.files);
    for (std::size_t i = 0; i < count; ++i)
      m.violate("/later/" + std::to_string(i));
    out = attest(m, logs_wanted::increment);
    REQUIRE(out.end == attestation_end::verified);
    REQUIRE(out.what == occasion::increment);
    CHECK(out.files.size() == count);
    CHECK(violations_for_record(out).size() == most);
    CHECK(std::ranges::any_of(out.findings, [](const finding& f) {
      return f.check == "ima.violation" && f.sentence.starts_with("At least 236 times ");
    }));
    const auto more = read_back(out.files);
    for (std::size_t i = 0; i < more.size(); ++i)
      REQUIRE(on_record.push(more[i]));
    const auto again = reappraise({}, on_record, m.reference.get(), *m.rules, {{}, 0, vouched});
    CHECK(rank_of(again.verdict) == expected);
  }
}
