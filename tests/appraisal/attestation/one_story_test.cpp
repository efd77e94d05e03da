// What was verified stays verified while the TPM counts no reset, whatever the machine says about its kernel
// and about the PCRs of its entries. What breaks if these fail: root replaces the kernel, or keeps a PCR from
// being judged, and the machine stays good.
#include "appraisal/attestation/outdated_claims.hpp"
#include "tests/appraisal/attesting_machine.hpp"
#include "tests/appraisal/samples.hpp"

using namespace muster;
using namespace muster::appraisal;
using namespace muster::testing;
using samples::checks_of;
using samples::find;

namespace {

using names = std::vector<std::string>;

attesting_machine machine_on_record() {
  attesting_machine m{"grub-sb"};
  const auto out = attest(m, logs_wanted::whole);
  REQUIRE(out.end == attestation_end::verified);
  m.reference = samples::reference_of(*out.claims, out.files);
  return m;
}

attestation_outcome whole(attesting_machine& m) {
  const auto in = m.challenge(logs_wanted::whole);
  return appraise(in, m.answer(in));
}

/// The first entry of a list, for a kernel that measures it again.
bytes first_data(const attesting_machine& m) {
  tpm::ima_log_reader reader;
  tpm::ima_entry first;
  auto copy = m;
  REQUIRE(reader.read(copy.files().ima_log, first));
  return muster::to_bytes(first.data);
}

const finding& only_finding(const attestation_outcome& out) {
  REQUIRE(out.findings.size() == 1);
  return out.findings[0];
}

} // namespace

TEST_CASE(
    "check 17: a list that contradicts the record is a failure, under the same kernel and under any other") {
  for (const bool other_kernel : {false, true}) {
    auto m = machine_on_record();
    // The list is genuine, but the record says that another one was verified in this very boot.
    auto other = *m.recorded;
    other.ima.entries = 70;
    m.recorded = std::make_shared<recorded_boot>(other);
    if (other_kernel) m.boot.raw[0] ^= 1;
    const auto out = whole(m);
    CHECK(out.end == attestation_end::failed);
    CHECK(only_finding(out).check == (other_kernel ? "event.kexec-lost-list" : "evidence.ima-log"));
    CHECK(only_finding(out).level == severity::failure);
  }
}

TEST_CASE("check 17: a lost list is an event that only a reset ends") {
  auto m = machine_on_record();
  const auto honest = m;
  const auto entry0 = first_data(m);
  m.measure(entry0);
  m.files().ima_log = ima_record(10, "ima-ng", entry0);
  m.boot.raw[0] ^= 1;
  const auto lost = whole(m);
  CHECK(lost.end == attestation_end::failed);
  CHECK(only_finding(lost).check == "event.kexec-lost-list");
  REQUIRE(only_finding(lost).kind == finding_kind::event);
  auto kept = carry_over({}, lost.findings, lost.what);
  for (const auto what : {occasion::increment, occasion::full_log, occasion::failed, occasion::reappraisal})
    CHECK(carry_over(kept, {}, what).findings.size() == 1);
  CHECK(carry_over(kept, {}, occasion::new_boot).findings.empty());

  // Values that were sent along and are not the quoted ones say nothing about the list.
  const auto in = m.challenge(logs_wanted::whole);
  auto e = m.answer(in);
  REQUIRE(e.hints.set(hash_algorithm::sha256, 10, bytes(32, 7)).ok());
  CHECK(only_finding(appraise(in, e)).check == "evidence.ima-log");

  // Under the old boot id it is not better.
  m.boot = honest.boot;
  CHECK(only_finding(whole(m)).level == severity::failure);
}

TEST_CASE("check 17: a machine that carried its list over a kexec, or that slept, is honest") {
  auto m = machine_on_record();
  m.measure(first_data(m));
  m.boot.raw[0] ^= 1;
  auto out = attest(m, logs_wanted::whole);
  REQUIRE(out.end == attestation_end::verified);
  CHECK(checks_of(out.findings) == names{"event.kexec"});

  m = machine_on_record();
  m.restart_count += 1; // resumed: the TPM keeps its PCRs, the kernel its list
  m.clock += 10;
  m.run("/tmp/implant", "evil");
  out = whole(m);
  REQUIRE(out.end == attestation_end::verified);
  CHECK(out.what == occasion::full_log); // earlier findings stay
  CHECK(checks_of(out.findings) == names{"ima.unknown-file"});
}

TEST_CASE("check 24: the boot's proof about its own kernel proves nothing about the next one") {
  auto m = machine_on_record();
  const auto base = m;
  for (const auto demand : {ima_policy_demand::command_line, ima_policy_demand::file}) {
    m = base;
    auto wanting = *m.rules;
    wanting.require.ima_policy = demand;
    wanting.require.command_line_excludes = {pattern::make("(.* )?debug( .*)?").value()};
    m.rules = std::make_shared<const policy>(wanting);
    m.recorded = nullptr;
    const auto before = checks_of(attest(m, logs_wanted::whole).findings);
    CHECK(std::ranges::find(before, "require.command-line") == before.end());
    m.measure(first_data(m)); // the next kernel's first entry
    m.boot.raw[0] ^= 1;
    m.recorded = nullptr;
    const auto after = attest(m, logs_wanted::whole);
    REQUIRE(after.end == attestation_end::verified);
    REQUIRE(after.claims);
    CHECK(after.claims->get().ima_policy.file == policy_file::replaced);
    const auto checks = checks_of(after.findings);
    for (const auto* missed : {"event.kexec", "require.command-line", "require.ima-policy"})
      CHECK_MESSAGE(std::ranges::find(checks, missed) != checks.end(), missed);
  }

  // Under the old boot id only an increment comes, and whole logs are wanted.
  m = base;
  m.measure(first_data(m));
  const auto increment = attest(m, logs_wanted::increment);
  CHECK(any_behind(increment.findings));
}

TEST_CASE(
    "check 17: after a reset the list starts with the PCR, and a list from before the reset does not match") {
  auto m = machine_on_record();
  const auto old = m.files().ima_log;
  m.boot_from("grub-sb-reboot");
  CHECK(attest(m, logs_wanted::whole).what == occasion::new_boot);
  m.boot_from("grub-sb-reboot");
  auto both = old;
  append(both, m.files().ima_log);
  m.files().ima_log = both;
  CHECK(only_finding(whole(m)).check == "evidence.ima-log");
}

TEST_CASE("check 20: an entry that names another PCR exempts that PCR from no judgement") {
  const auto known = ima_ng_data("/usr/bin/bash", "bash"); // a file that the reference will know
  for (const unsigned pcr : {11U, 12U, 13U, 14U}) {
    CAPTURE(pcr);
    auto m = machine_on_record();
    auto base = m;
    base.run("/usr/bin/bash", "bash");
    base.recorded = nullptr;
    const auto learnt = attest(base, logs_wanted::whole);
    m.reference = samples::reference_of(*learnt.claims, learnt.files);
    const auto recorded = m.recorded;

    // In the first attestation of a boot: root extended the PCR and reports that as a measured file.
    m.measure(known, "ima-ng", pcr);
    auto first = m;
    first.recorded = nullptr;
    auto out = attest(first, logs_wanted::whole);
    REQUIRE(out.end == attestation_end::verified);
    REQUIRE(find(out.findings, "boot.unexplained") != nullptr);
    CHECK(find(out.findings, "boot.unexplained")->level == severity::failure);
    CHECK((*out.claims).pcr(hash_algorithm::sha256, pcr) != nullptr);

    // From then on the PCR stays judged, whatever is measured into it.
    first.measure(known, "ima-ng", pcr);
    const auto in = first.challenge(logs_wanted::increment);
    out = appraise(in, first.answer(in));
    REQUIRE(out.end == attestation_end::verified);
    REQUIRE(find(out.findings, "boot.unexplained") != nullptr);
    CHECK(find(out.findings, "boot.unexplained")->kind == finding_kind::event);

    // Between two attestations of a boot that was good.
    for (const auto logs : {logs_wanted::increment, logs_wanted::whole}) {
      m.recorded = recorded;
      const auto next = m.challenge(logs);
      out = appraise(next, m.answer(next));
      if (out.end == attestation_end::again) continue; // other PCRs of IMA: whole logs decide
      REQUIRE(out.end == attestation_end::verified);
      const auto* f = find(out.findings, "boot.unexplained");
      REQUIRE(f != nullptr);
      CHECK(std::ranges::any_of(out.findings, [](const finding& one) {
        return one.check == "boot.unexplained" && one.kind == finding_kind::event;
      }));
    }

    // An operator whose IMA rules use pcr= can say so in the policy.
    auto rules = *m.rules;
    rules.ima_pcrs = 1U << pcr;
    first.rules = std::make_shared<const policy>(rules);
    first.recorded = nullptr;
    out = attest(first, logs_wanted::whole);
    if (pcr == 14) { // shim measures there: IMA did not begin at the start value
      CHECK(out.end == attestation_end::failed);
      continue;
    }
    REQUIRE(out.end == attestation_end::verified);
    CHECK(find(out.findings, "boot.unexplained") == nullptr);
    first.measure(known, "ima-ng", pcr);
    out = attest(first, logs_wanted::increment);
    REQUIRE(out.end == attestation_end::verified);
    CHECK(out.findings.empty());
    first.extend(pcr, as_bytes("no entry"));
    CHECK(whole(first).end == attestation_end::failed);
  }
}

TEST_CASE("check 20: no entry exempts a PCR of the firmware from the boot log's judgement") {
  auto m = machine_on_record();
  m.recorded = nullptr;
  m.measure(ima_ng_data("/usr/bin/bash", "bash"), "ima-ng", 4);
  CHECK(whole(m).end == attestation_end::failed);
}

TEST_CASE("check 18: a boot_aggregate of any bank is checked once that bank is quoted") {
  for (const auto bank : {hash_algorithm::sha1, hash_algorithm::sha384, hash_algorithm::sha512}) {
    CAPTURE(to_string(bank));
    for (const bool forged : {false, true}) {
      attesting_machine m{"grub-sb"};
      const auto values = m.files().pcrs;
      tpm::pcr_selection covered;
      REQUIRE(covered.add(bank, tpm::pcr_mask(0, bank == hash_algorithm::sha1 ? 7 : 9)).ok());
      auto aggregate = muster::to_bytes(tpm::digest_of(values, covered, bank).view());
      REQUIRE_FALSE(aggregate.empty());
      if (forged) aggregate[0] ^= 1;
      m.begin_list();
      bytes digest = muster::to_bytes(as_bytes(std::string{to_string(bank)} + ":"));
      digest.push_back(0);
      append(digest, aggregate);
      auto data = ima_field(digest);
      append(data, ima_field(muster::to_bytes(as_bytes(std::string_view{"boot_aggregate\0", 15}))));
      m.measure(data);

      auto out = attest(m, logs_wanted::whole);
      REQUIRE(out.end == attestation_end::verified);
      CHECK((*out.claims)->aggregate == aggregate_claim::unchecked);
      REQUIRE(out.boot->aggregate_bank == bank);
      auto in = m.challenge(logs_wanted::whole);
      REQUIRE(in.challenge.selection.add(bank, tpm::pcr_mask(0, 9)).ok());
      out = appraise(in, m.answer(in));
      REQUIRE(out.end == attestation_end::verified);
      CHECK(out.what == occasion::full_log);
      const auto genuine =
          bank == hash_algorithm::sha1 ? aggregate_claim::bound_to_firmware : aggregate_claim::bound;
      CHECK((*out.claims)->aggregate == (forged ? aggregate_claim::differs : genuine));
      CHECK((*out.claims)->bank == hash_algorithm::sha256); // what the boot log says is compared as before
      CHECK((find(out.findings, "ima.boot-aggregate") != nullptr) == forged);
    }
  }
}

TEST_CASE("check 44: a kernel with another hash continues the list, and its boot_aggregate is checked") {
  for (const auto bank : {hash_algorithm::sha1, hash_algorithm::sha384, hash_algorithm::sha512})
    for (const bool forged : {false, true}) {
      CAPTURE(to_string(bank));
      CAPTURE(forged);
      auto m = machine_on_record();
      tpm::pcr_selection covered;
      REQUIRE(covered.add(bank, tpm::pcr_mask(0, bank == hash_algorithm::sha1 ? 7 : 9)).ok());
      auto aggregate = muster::to_bytes(tpm::digest_of(m.files().pcrs, covered, bank).view());
      if (forged) aggregate[0] ^= 1;
      // Another hash, and another template: d-ng|n-ng|sig.
      const auto measured = [&](std::string_view path, byte_view digest) {
        auto field = muster::to_bytes(as_bytes(std::string{to_string(bank)} + ":"));
        field.push_back(0);
        append(field, digest);
        auto name = muster::to_bytes(as_bytes(path));
        name.push_back(0);
        auto data = ima_field(field);
        append(data, ima_field(name));
        append(data, ima_field({}));
        return data;
      };
      m.measure(measured("boot_aggregate", aggregate), "ima-sig");
      m.measure(measured("/usr/bin/dash", crypto::hash(bank, as_bytes("dash")).view()), "ima-sig");
      m.boot.raw[0] ^= 1;
      auto out = attest(m, logs_wanted::whole);
      REQUIRE(out.end == attestation_end::verified);
      CHECK(find(out.findings, "event.kexec") != nullptr);
      REQUIRE(find(out.findings, "ima.unknown-file") != nullptr); // until its bank is quoted
      CHECK(find(out.findings, "ima.unknown-file")->subject == "boot_aggregate");
      const auto* changed = find(out.findings, "ima.changed-file");
      REQUIRE(changed != nullptr);
      CHECK(changed->sentence
            == "/usr/bin/dash was measured with " + std::string{to_string(bank)}
                   + ", and the reference has it with sha256, so nothing shows whether it is the same.");
      REQUIRE(out.boot->aggregate_bank == bank);

      auto in = m.challenge(logs_wanted::whole);
      REQUIRE(in.challenge.selection.add(bank, tpm::pcr_mask(0, 9)).ok());
      out = appraise(in, m.answer(in));
      REQUIRE(out.end == attestation_end::verified);
      CHECK((find(out.findings, "ima.unknown-file") != nullptr) == forged);
      CHECK((find(out.findings, "event.kexec") != nullptr) == !forged); // it is a file of that name
      CHECK(out.boot->aggregate_bank == bank);                          // still asked for
    }
}

namespace {

/// The machine on record, after its kernel has measured what is in a list of `ima-odd`.
auto machine_with(const std::string& file) {
  const auto list = read_test_data(file);
  auto m = machine_on_record();
  tpm::ima_log_reader reader;
  for (byte_view rest{list}; !rest.empty();) {
    tpm::ima_entry entry;
    const auto size = reader.read(rest, entry);
    REQUIRE(size);
    if (!entry.boot_aggregate()) m.measure(muster::to_bytes(entry.data));
    rest = rest.subspan(*size);
  }
  return m;
}

} // namespace

TEST_CASE("check 44: a list with files by other hashes is judged, and each such file is a finding") {
  for (const auto& [file, digest, check] :
       {std::tuple{"ima-odd/sm3-256.bin", "sm3:11", "ima.changed-file"},
        std::tuple{"ima-odd/one-streebog.bin", "streebog256:11", "ima.unknown-file"}}) {
    CAPTURE(file);
    auto m = machine_with(file);
    const auto out = whole(m);
    REQUIRE(out.end == attestation_end::verified);
    const auto* found = find(out.findings, check);
    REQUIRE(found != nullptr);
    CHECK(found->found.starts_with(digest));
    CHECK(found->sentence.find("nothing shows") != std::string::npos);
    CHECK(found->remedy.find("ima_hash=sha256") != std::string::npos);
  }
}
