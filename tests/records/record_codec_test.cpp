#include "records/record_codec.hpp"

#include <doctest/doctest.h>

using namespace muster;
using namespace muster::service;

namespace {

bytes32 filled(std::uint8_t value) {
  bytes32 out;
  out.fill(value);
  return out;
}

node_state full_state() {
  node_state out;
  out.generation = {2};
  out.epoch = {3};
  out.number = {4};
  out.verdict = verdict::warning;
  out.since = {5};
  out.attested = {6};
  out.lease.service_boot.raw.fill(7);
  out.lease.until = {8};
  out.lease.after_loss = 9;
  out.valid_until = {9};
  out.result = {10};
  out.boot.emplace();
  out.boot->raw.fill(11);
  out.reset_count = 12;
  out.restart_count = 13;
  out.clock = 14;
  out.clock_safe = true;
  out.ima_count = 15;
  out.pcrs = {{hash_algorithm::sha256, 10, crypto::digest{filled(16)}}};
  out.ima_mask = 1U << 10U;
  out.padded_banks = {hash_algorithm::sha384};
  out.boot_log = filled(17);
  out.boot_claims = filled(18);
  out.pins = filled(25);
  out.findings = {{finding_kind::claim, severity::warning, "ima.violation", "/a", "e", "f", "s", "r"}};
  out.findings_total = 1;
  out.skipped = 19;
  out.reference = filled(20);
  out.policy = filled(24);
  out.appraisal_version = 21;
  out.evidence_kept = true;
  out.full_log_asked = {22};
  out.owes_whole_logs = true;
  out.must_enrol = true;
  out.aggregate_bank = hash_algorithm::sha384;
  out.alarm = {finding_kind::identity, severity::warning, "identity.two-hosts", "", "", "", "s", "r"};
  out.boots_seen.resize(2);
  out.boots_seen[1].raw.fill(23);
  return out;
}

tpm::phase_path phases(std::initializer_list<tpm::os_phase> all) {
  tpm::phase_path out;
  for (const auto one : all)
    REQUIRE(out.add(one));
  return out;
}

} // namespace

TEST_CASE("a state comes back from its record unchanged, and equal states are equal bytes") {
  const auto in = full_state();
  const auto stored = to_record(in);
  const auto out = state_from(stored.read_back());
  REQUIRE(out.ok());
  CHECK(same(to_record(*out).content(), stored.content()));
  CHECK(out->verdict == verdict::warning);
  CHECK(out->lease.until.milliseconds == 8);
  CHECK(out->lease.after_loss == 9);
  CHECK(out->findings == in.findings);
  CHECK(out->pcrs == in.pcrs);
  CHECK(out->must_enrol);
  CHECK(out->pins == in.pins);
  CHECK(out->alarm == in.alarm);
  CHECK(out->boots_seen == in.boots_seen);
}

TEST_CASE("a state from before alarms were recorded has none") {
  auto in = full_state();
  in.alarm.reset();
  in.boots_seen.clear();
  const auto out = state_from(to_record(in).read_back());
  REQUIRE(out.ok());
  CHECK_FALSE(out->alarm);
  CHECK(out->boots_seen.empty());
}

TEST_CASE("a node comes back with its candidate, its approval, and why it was revoked") {
  node_record in;
  in.id.raw.fill(1);
  in.standing = standing::enrolled;
  in.generation = {1};
  in.ek_public = {1, 2};
  in.name = "db-1";
  in.candidate.emplace();
  in.candidate->source = "127.0.0.1:1";
  in.candidate->approved_fingerprint = filled(3);
  in.revoked = {9};
  in.revoked_by = "uid=0";
  in.revoked_reason = "stolen from rack 4";
  in.tuning = {std::chrono::seconds{20}, std::chrono::milliseconds{500}, "debug"};
  in.certificate_serial = {7};
  in.certificate_not_after = {11};
  const auto stored = to_record(in);
  const auto out = node_from(in.id, stored.read_back());
  REQUIRE(out.ok());
  CHECK(same(to_record(*out).content(), stored.content()));
  CHECK(out->candidate->approved_fingerprint == filled(3));
  CHECK(out->revoked_by == in.revoked_by);
  CHECK(out->revoked_reason == in.revoked_reason);
  CHECK(out->tuning == in.tuning);
  CHECK(out->certificate_serial == in.certificate_serial);
  CHECK(out->certificate_not_after == in.certificate_not_after);
}

TEST_CASE("an enumeration value that this version does not know is a fault, never good news") {
  const auto wrong = make_record<records::State>([](records::State::Builder out) {
    out.setVersion(1);
    out.setVerdict(9);
  });
  const auto state = state_from(wrong.read_back());
  REQUIRE_FALSE(state.ok());
  CHECK(state.fault().check == "state record: verdict: unknown value");

  const auto node = make_record<records::Node>([](records::Node::Builder out) {
    out.setVersion(1);
    out.setStanding(7);
  });
  CHECK_FALSE(node_from({}, node.read_back()).ok());
}

TEST_CASE("a record of a newer program, or without a version, is a fault") {
  for (const std::uint16_t version : {std::uint16_t{0}, std::uint16_t{2}}) {
    const auto stored =
        make_record<records::State>([&](records::State::Builder out) { out.setVersion(version); });
    const auto state = state_from(stored.read_back());
    REQUIRE_FALSE(state.ok());
    CHECK(state.fault().code == errc::malformed);
  }
}

TEST_CASE("a digest whose length does not fit its algorithm is a fault") {
  const auto stored = make_record<records::State>([](records::State::Builder out) {
    out.setVersion(1);
    auto pcr = out.initPcrs(1)[0];
    pcr.setAlgorithm(static_cast<std::uint16_t>(hash_algorithm::sha256));
    pcr.setValue(data_of(bytes{1, 2, 3}));
  });
  CHECK(state_from(stored.read_back()).fault().check.find("pcr.value") != std::string::npos);
}

TEST_CASE("boot claims and reference sets keep foreign text byte for byte") {
  appraisal::boot_content boot;
  boot.has_log = true;
  boot.command_line = std::string{"quiet \xff\n"};
  boot.events.push_back({8, 13, 31, crypto::digest{filled(1)}, "text \xfe", "kernel_cmdline", "hint"});
  boot.pcrs.push_back({hash_algorithm::sha256, 0, crypto::digest{filled(2)}});
  boot.aggregate = appraisal::aggregate_claim::bound;
  boot.variables = {{"PK", crypto::digest{filled(4)}, 1005, 1, 0},
                    {"dbx", crypto::digest{filled(3)}, 24'000, 267, 0},
                    {"AuditMode", crypto::digest{filled(5)}, 1, 0, 1}};
  boot.ima_policy = {appraisal::policy_file::changed, hash_algorithm::sha384,
                     crypto::digest{bytes(48, 7)},    2,
                     hash_algorithm::sha256,          crypto::digest{filled(6)}};
  boot.by_value = 1U << 2U;
  boot.after_log = {{11, phases({tpm::os_phase::sysinit, tpm::os_phase::ready})}, {12, tpm::unexplained{}}};
  const auto back = boot_from(to_record(boot).read_back());
  REQUIRE(back.ok());
  CHECK(*back == boot);

  appraisal::reference_content set;
  set.pcrs = boot.pcrs;
  const auto digest = filled(4);
  REQUIRE(set.files.push({appraisal::file_kind::file, hash_algorithm::sha256, digest, "/bin/\xff"}));
  set.origin = "node 1";
  const auto again = reference_content_from(to_record(set).read_back());
  REQUIRE(again.ok());
  REQUIRE(again->files.size() == 1);
  CHECK(again->files[0].path == "/bin/\xff");
  CHECK(same(to_record(*again).content(), to_record(set).content()));
}

TEST_CASE("extensions after the log come back from a record; an old record has none") {
  const std::vector<tpm::after_log> recorded{
      {11, phases({tpm::os_phase::enter_initrd, tpm::os_phase::final})}, {14, tpm::unexplained{}}};
  for (const auto& one :
       {std::optional<std::vector<tpm::after_log>>{}, {std::vector<tpm::after_log>{}}, {recorded}}) {
    node_state state;
    state.after_log = one;
    const auto back = state_from(to_record(state).read_back());
    REQUIRE(back.ok());
    CHECK(back->after_log == one);
  }
  const auto old = make_record<records::State>([](records::State::Builder out) { out.setVersion(1); });
  CHECK_FALSE(state_from(old.read_back()).value().after_log.has_value());
  const auto old_boot = make_record<records::BootClaims>([](records::BootClaims::Builder out) {
    out.setVersion(1);
    out.setBank(static_cast<std::uint16_t>(hash_algorithm::sha256));
  });
  CHECK(boot_from(old_boot.read_back()).value().after_log.empty());
}

TEST_CASE("impossible phases, or phases of another PCR, are a fault") {
  struct row {
    const char* what;
    std::uint8_t pcr;
    std::vector<std::uint8_t> said;
    bool good;
  };
  for (const auto& r : {row{"in order", 11, {0, 1, 2}, true}, row{"turned round", 11, {3, 2}, false},
                        row{"unknown", 11, {6}, false}, row{"of another PCR", 12, {2}, false},
                        row{"of the firmware's", 4, {}, false}, row{"out of range", 200, {}, false}}) {
    CAPTURE(std::string{r.what});
    const auto stored = make_record<records::State>([&](records::State::Builder out) {
      out.setVersion(1);
      out.setAfterLogKnown(true);
      auto one = out.initAfterLog(1)[0];
      one.setPcr(r.pcr);
      auto said = one.initPhases(static_cast<unsigned>(r.said.size()));
      for (unsigned i = 0; i < r.said.size(); ++i)
        said.set(i, r.said[i]);
    });
    CHECK(state_from(stored.read_back()).ok() == r.good);
  }
}

TEST_CASE("a command comes back as it was stored") {
  command_record in;
  in.id = {7};
  in.kind = command_kind::reconfigure;
  in.outcome = command_outcome::sent;
  in.deadline = {99};
  const auto out = command_from({7}, to_record(in).read_back());
  REQUIRE(out.ok());
  CHECK(*out == in);
}
