#include "appraisal/attestation/running_attestation.hpp"
#include "tests/appraisal/attesting_machine.hpp"
#include "tests/appraisal/samples.hpp"

using namespace muster;
using namespace muster::appraisal;
using namespace muster::testing;
using samples::checks_of;
using samples::find;

namespace {

using names = std::vector<std::string>;

void check_failed(const attestation_outcome& out, std::string_view check) {
  CHECK(out.end == attestation_end::failed);
  CHECK(out.what == occasion::failed);
  CHECK_FALSE(out.boot.has_value());
  REQUIRE(out.findings.size() == 1);
  CHECK(out.findings[0].check == check);
  CHECK(out.findings[0].kind == finding_kind::evidence);
}

} // namespace

TEST_CASE("the first attestation verifies everything and starts the record") {
  attesting_machine m{"grub-sb"};
  for (const std::size_t part : {std::size_t{1}, std::size_t{777}, std::size_t{1} << 20U}) {
    const auto in = m.challenge(logs_wanted::whole);
    const auto out = appraise(in, m.answer(in), part);
    REQUIRE(out.end == attestation_end::verified);
    CHECK(out.what == occasion::new_boot);
    REQUIRE(out.claims);
    CHECK((*out.claims)->events.size() == 51);
    CHECK(out.files.size() == 74);
    CHECK(out.boot->ima.entries == 74);
    CHECK(out.boot->boot == m.boot);
    CHECK(out.findings.empty());
  }
}

TEST_CASE("an increment carries only the new entries, and costs no more than they do") {
  auto m = trusted_machine();
  auto out = attest(m, logs_wanted::increment);
  REQUIRE(out.end == attestation_end::verified);
  CHECK(out.what == occasion::increment);
  CHECK(out.files.empty());
  CHECK_FALSE(out.claims);

  m.run("/tmp/implant", "evil");
  out = attest(m, logs_wanted::increment);
  REQUIRE(out.end == attestation_end::verified);
  CHECK(out.files.size() == 1);
  REQUIRE(checks_of(out.findings) == names{"ima.unknown-file"});
  CHECK(out.findings[0].subject == "/tmp/implant");
  CHECK(out.boot->ima.entries == 75);

  out = attest(m, logs_wanted::increment);
  CHECK(out.findings.empty()); // the record keeps it: see carry_over
}

TEST_CASE("check 06: evidence for another nonce, node, channel, node key or manifest fails") {
  attesting_machine m{"grub-sb"};
  const auto good = m.challenge(logs_wanted::whole);
  const auto e = m.answer(good);
  REQUIRE(appraise(good, e).end == attestation_end::verified);
  for (const auto& alter : std::vector<std::function<void(attestation_inputs&)>>{
           [](auto& in) { in.challenge.nonce[0] ^= 1; }, [](auto& in) { in.channel.node.raw[0] ^= 1; },
           [](auto& in) { in.channel.exporter[0] ^= 1; }, [](auto& in) { in.channel.node_spki[0] ^= 1; }}) {
    auto in = good;
    alter(in);
    check_failed(appraise(in, e), "evidence.quote");
  }
  auto other = e;
  auto changed = muster::to_bytes(e.manifest.view());
  changed.back() ^= 1;
  other.manifest = frame::copy_of(changed);
  check_failed(appraise(good, other), "evidence.quote");
}

TEST_CASE("a manifest must repeat the challenge, even if the TPM signed it") {
  attesting_machine m{"grub-sb"};
  const auto in = m.challenge(logs_wanted::whole);
  for (const auto& alter : std::vector<std::function<void(wire::Manifest::Builder)>>{
           [](auto b) { b.setNumber(999); }, [](auto b) { b.setNonce(data_of(bytes(32, 1))); },
           [](auto b) { b.initSelection(0); }, [](auto b) { b.getSelection()[0].setMask(1); },
           [](auto b) { b.setBootId(data_of(bytes(15, 1))); },
           [](auto b) { b.setBootLogDigest(data_of(bytes(31, 1))); }, [](auto b) { b.setImaFirst(5); }})
    check_failed(appraise(in, m.answer(in, alter)), "evidence.manifest");
  auto e = m.answer(in, [](auto b) { b.setBootLogSize(std::uint64_t{1} << 40U); });
  check_failed(appraise(in, e), "evidence.boot-log");
  e = m.answer(in, [](auto b) { b.setBootLogDigest(data_of(bytes(32, 1))); });
  check_failed(appraise(in, e), "evidence.boot-log");
}

TEST_CASE("check 24: a real machine whose list has only boot_aggregate gets a finding that says so") {
  attesting_machine m{"grub-sb"};
  auto& files = m.files();
  tpm::ima_log_reader reader;
  tpm::ima_entry entry;
  const auto size = reader.read(files.ima_log, entry);
  REQUIRE(size.ok());
  const auto first = muster::to_bytes(entry.data);
  files.ima_log.resize(*size);
  for (const auto& bank : files.pcrs.present())
    REQUIRE(files.pcrs.set(bank.algorithm, 10, bytes(digest_size(bank.algorithm), 0)).ok());
  m.extend(10, first);

  auto out = attest(m, logs_wanted::whole);
  REQUIRE(out.end == attestation_end::verified);
  CHECK(checks_of(out.findings) == names{"ima.nothing-measured"});
  out = attest(m, logs_wanted::increment);
  CHECK(out.end == attestation_end::verified); // the finding stays on record until the next boot

  // A kernel that took over adds its boot_aggregate, which is not a file either.
  const auto once = muster::to_bytes(files.ima_log);
  files.ima_log.insert(files.ima_log.end(), once.begin(), once.end());
  m.extend(10, first);
  out = attest(m, logs_wanted::whole);
  REQUIRE(out.end == attestation_end::verified);
  CHECK(checks_of(out.findings) == names{"ima.nothing-measured", "event.kexec"});
}

TEST_CASE("check 10: counters that go back are a finding at once, and the machine must enrol again") {
  auto m = trusted_machine();
  m.reset_count -= 1;
  for (const auto logs : {logs_wanted::increment, logs_wanted::whole}) {
    const auto in = m.challenge(logs);
    const auto out = appraise(in, m.answer(in));
    check_failed(out, "evidence.counters");
    CHECK(out.must_enrol);
  }
}

TEST_CASE("check 17: a log that is shorter, changed or reordered fails; one that runs ahead is cut") {
  attesting_machine m{"grub-sb"};
  m.run("/usr/bin/one", "1");
  m.run("/usr/bin/two", "2");
  const auto in = m.challenge(logs_wanted::whole);
  const auto honest = m.answer(in);
  REQUIRE(appraise(in, honest).end == attestation_end::verified);

  auto shorter = honest;
  shorter.ima_log.resize(shorter.ima_log.size()
                         - ima_record(10, "ima-ng", ima_ng_data("/usr/bin/two", "2")).size());
  CHECK(appraise(in, shorter).end == attestation_end::failed);

  auto changed = honest;
  changed.ima_log.back() ^= 0; // the NUL of the name stays
  changed.ima_log[changed.ima_log.size() - 2] ^= 1;
  CHECK(appraise(in, changed).end == attestation_end::failed);

  auto ahead = honest;
  append(ahead.ima_log, ima_record(10, "ima-ng", ima_ng_data("/usr/bin/three", "3")));
  const auto out = appraise(in, ahead);
  REQUIRE(out.end == attestation_end::verified);
  CHECK(out.files.size() == 76); // the third is not covered yet
}

TEST_CASE("check 17: a full log that contradicts the recorded prefix fails") {
  auto m = trusted_machine();
  // The log is genuine, but the record says that another one was verified earlier in this very boot.
  auto other = *m.recorded;
  other.ima.entries = 70;
  m.recorded = std::make_shared<recorded_boot>(other);
  const auto in = m.challenge(logs_wanted::whole);
  check_failed(appraise(in, m.answer(in)), "evidence.ima-log");
}

TEST_CASE("check 11: a boot log that does not give the quoted values fails") {
  attesting_machine m{"grub-sb"};
  m.extend(4, as_bytes("behind the log's back"));
  const auto in = m.challenge(logs_wanted::whole);
  check_failed(appraise(in, m.answer(in)), "evidence.boot-log");
}

TEST_CASE("evidence that does not continue from the record asks for whole logs, without a verdict") {
  struct row {
    const char* what;
    std::function<void(attesting_machine&)> happen;
    attestation_end whole;
  };
  const row rows[] = {
      {"reboot", [](auto& m) { m.boot_from("grub-sb-reboot"); }, attestation_end::verified},
      {"restart", [](auto& m) { ++m.restart_count; }, attestation_end::verified},
      {"boot id", [](auto& m) { m.boot.raw[0] ^= 1; }, attestation_end::verified},
      {"PCR of the boot loader", [](auto& m) { m.extend(8, as_bytes("x")); }, attestation_end::failed},
      {"forged entries", [](auto& m) { m.extend(10, as_bytes("not in the log")); }, attestation_end::failed},
      {"garbage",
       [](auto& m) {
         append(m.files().ima_log, bytes(100, 0xff));
         m.extend(10, as_bytes("x"));
       },
       attestation_end::failed},
  };
  for (const auto& r : rows) {
    CAPTURE(r.what);
    auto m = trusted_machine();
    r.happen(m);
    const auto out = attest(m, logs_wanted::increment);
    CHECK(out.end == attestation_end::again);
    CHECK(out.findings.empty());
    CHECK_FALSE(out.boot);
    CHECK_FALSE(out.reason.empty());
    CHECK(attest(m, logs_wanted::whole).end == r.whole);
  }
}

TEST_CASE("whole logs of the same boot report which of their files are on record") {
  auto m = trusted_machine();
  const auto same = attest(m, logs_wanted::whole);
  CHECK(same.files.size() > 0);
  CHECK(same.known_claims == same.files.size());
  m.run("/usr/bin/new", "content");
  m.boot.raw[0] ^= 1; // only the machine's word
  const auto more = attest(m, logs_wanted::whole);
  CHECK(more.known_claims == same.files.size());
  CHECK(more.files.size() == same.files.size() + 1);
  m.boot_from("grub-sb-reboot");
  CHECK(attest(m, logs_wanted::whole).known_claims == 0);
}

TEST_CASE("only a higher resetCount is a new boot") {
  auto m = trusted_machine();
  CHECK(attest(m, logs_wanted::whole).what == occasion::full_log);
  m.boot.raw[0] ^= 1;
  CHECK(attest(m, logs_wanted::whole).what == occasion::full_log);
  ++m.restart_count;
  CHECK(attest(m, logs_wanted::whole).what == occasion::full_log);
  m.boot_from("grub-sb-reboot");
  CHECK(attest(m, logs_wanted::whole).what == occasion::new_boot);
}

TEST_CASE("a reboot with another command line is found in the first attestation afterwards") {
  auto m = trusted_machine();
  m.boot_from("grub-sb-cmdline");
  const auto out = attest(m, logs_wanted::whole);
  REQUIRE(out.end == attestation_end::verified);
  const auto* f = find(out.findings, "boot.command-line");
  REQUIRE(f != nullptr);
  CHECK(f->found.ends_with("lockdown=none nokaslr"));
  m = trusted_machine();
  m.boot_from("grub-sb-reboot");
  CHECK(checks_of(attest(m, logs_wanted::whole).findings).empty());
}

TEST_CASE("a machine without a boot log is a warning, never a failure") {
  attesting_machine m{"grub-sb"};
  m.files().boot_log.clear();
  const auto out = attest(m, logs_wanted::whole);
  REQUIRE(out.end == attestation_end::verified);
  CHECK(checks_of(out.findings) == names{"boot.no-log"});
  CHECK_FALSE(out.boot->boot_log);
  CHECK_FALSE((*out.claims)->has_log);
}

TEST_CASE(
    "check 11: a log that cannot be compared with the quote explains nothing, and the finding says why") {
  // TCG's old format: UINT32 pcr, type; BYTE digest[20]; UINT32 size; data
  writer old;
  for (unsigned pcr = 0; pcr < 8; ++pcr)
    old.u32_le(pcr)
        .u32_le(static_cast<std::uint32_t>(tpm::event_type::separator))
        .put(crypto::hash(hash_algorithm::sha1, bytes(4, 0)).view())
        .u32_le(4)
        .u32_le(0);
  struct row {
    const char* what;
    bytes log;
    const char* check;
    unused_log why;
  };
  const row rows[] = {
      {"SHA-1 only, old format", old.view(), "boot.sha1-log", unused_log::sha1_only},
      {"SHA-1 only, new format", event_log_builder{{hash_algorithm::sha1}}.separator(4).view(),
       "boot.sha1-log", unused_log::sha1_only},
      {"SHA-384 and SHA-512 only",
       event_log_builder{{hash_algorithm::sha384, hash_algorithm::sha512}}.separator(4).view(),
       "boot.log-banks", unused_log::other_banks},
      {"SM3 only", event_log_builder{{hash_algorithm::sm3_256}}.separator(4).view(), "boot.log-banks",
       unused_log::other_banks},
  };
  for (const auto& one : rows) {
    CAPTURE(one.what);
    attesting_machine m{"grub-sb"};
    m.files().boot_log = one.log;
    const auto out = attest(m, logs_wanted::whole);
    REQUIRE(out.end == attestation_end::verified);
    CHECK(checks_of(out.findings) == names{one.check});
    CHECK((*out.claims)->unused == one.why);
    CHECK_FALSE((*out.claims)->has_log);
    CHECK((*out.claims)->events.empty()); // nothing in it is believed
    CHECK((*out.claims)->secure == secure_boot::unknown);
  }
}

TEST_CASE("check 11: a boot log that is cut fails, whether within an event or between two") {
  const auto whole = attesting_machine{"grub-sb"}.files().boot_log;
  const auto parsed = tpm::parse_event_log(whole).value();
  for (const auto cut :
       {parsed.events().back().offset, parsed.events().back().offset + 5, whole.size() - 1}) {
    CAPTURE(cut);
    attesting_machine m{"grub-sb"};
    m.files().boot_log.resize(cut);
    check_failed(attest(m, logs_wanted::whole), "evidence.boot-log");
  }
}

TEST_CASE("check 17: several thousand new entries between two beats cost only themselves, and a bad one "
          "among them is found") {
  auto m = trusted_machine();
  file_claims known;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 5000; ++i) {
      const auto name = std::to_string(round) + "-" + std::to_string(i);
      m.run("/usr/lib/package/" + name, name);
      samples::push_file(known, "/usr/lib/package/" + name, name);
    }
    m.reference = samples::reference_of(samples::verified(samples::grub_machine()), known);
    const auto before = m.recorded->ima.entries;
    if (round == 1) m.run("/tmp/implant", "evil");
    const auto in = m.challenge(logs_wanted::increment);
    const auto sent = m.answer(in);
    CHECK(appraisal::first_entry_wanted(in.challenge, in.recorded.get()) == before);
    CHECK(sent.boot_log.empty());
    const auto out = appraise(in, sent);
    REQUIRE(out.end == attestation_end::verified);
    CHECK(out.what == occasion::increment);
    CHECK(out.files.size() == 5000U + static_cast<unsigned>(round));
    CHECK(out.boot->ima.entries == before + out.files.size());
    CHECK(checks_of(out.findings) == (round == 0 ? names{} : names{"ima.unknown-file"}));
    m.recorded = std::make_shared<recorded_boot>(*out.boot);
  }
}

TEST_CASE("a kexec that carried its list is an event; one that lost it is a separate finding") {
  auto m = trusted_machine();
  // The new kernel measures boot_aggregate again: the first entry is repeated.
  tpm::ima_log_reader reader;
  tpm::ima_entry first;
  REQUIRE(reader.read(m.files().ima_log, first));
  const auto carried = muster::to_bytes(first.data);
  m.measure(carried);
  m.boot.raw[0] ^= 1;
  auto out = attest(m, logs_wanted::whole);
  REQUIRE(out.end == attestation_end::verified);
  REQUIRE(find(out.findings, "event.kexec") != nullptr);
  CHECK(find(out.findings, "event.kexec")->kind == finding_kind::event);
  CHECK(find(out.findings, "ima.unknown-file") == nullptr);

  m.measure(carried);
  m.files().ima_log = ima_record(10, "ima-ng", carried);
  m.boot.raw[1] ^= 1;
  const auto in = m.challenge(logs_wanted::whole);
  const auto lost = appraise(in, m.answer(in));
  CHECK(lost.end == attestation_end::failed);
  REQUIRE(checks_of(lost.findings) == names{"event.kexec-lost-list"});
  CHECK(lost.findings[0].kind == finding_kind::event); // only a new boot ends it
  CHECK(lost.findings[0].level == severity::failure);
}

TEST_CASE("parts that are out of order, too long or too many make the evidence fail, and nothing crashes") {
  auto m = trusted_machine();
  const auto whole = m.challenge(logs_wanted::whole);
  const auto e = m.answer(whole);
  const auto part0 = [&](running_attestation& run) {
    return run.take_part0(e.manifest, e.quote.attest, e.quote.signature, e.hints);
  };
  {
    running_attestation run{whole};
    CHECK(run.take_log_part(log_kind::ima, e.ima_log) == progress::over);
    check_failed(std::move(run).finish(), "evidence.evidence");
  }
  {
    running_attestation run{whole};
    check_failed(std::move(run).finish(), "evidence.evidence");
  }
  {
    running_attestation run{whole};
    CHECK(part0(run) == progress::more);
    CHECK(part0(run) == progress::over);
    CHECK(std::move(run).finish().end == attestation_end::failed);
  }
  {
    running_attestation run{whole};
    part0(run);
    CHECK(run.take_log_part(log_kind::boot, e.boot_log) == progress::more);
    CHECK(run.take_log_part(log_kind::boot, bytes(1)) == progress::over);
    check_failed(std::move(run).finish(), "evidence.boot-log");
  }
  {
    running_attestation run{whole};
    part0(run);
    run.take_log_part(log_kind::boot, e.boot_log);
    run.take_log_part(log_kind::ima, e.ima_log);
    CHECK(run.take_log_part(log_kind::boot, bytes(1)) == progress::over);
    CHECK(std::move(run).finish().end == attestation_end::failed);
  }
  {
    running_attestation run{whole}; // the boot log never comes
    part0(run);
    CHECK(run.take_log_part(log_kind::ima, e.ima_log) == progress::over);
    check_failed(std::move(run).finish(), "evidence.boot-log");
  }
  {
    auto small = whole;
    small.caps.entries = 10;
    check_failed(appraise(small, e), "evidence.ima-log");
  }
}

TEST_CASE("the state can be moved, as it is between Session and Verifier") {
  attesting_machine m{"grub-sb"};
  const auto in = m.challenge(logs_wanted::whole);
  const auto e = m.answer(in);
  auto run = std::make_unique<running_attestation>(in);
  run->take_part0(e.manifest, e.quote.attest, e.quote.signature, e.hints);
  run->take_log_part(log_kind::boot, e.boot_log);
  run->take_log_part(log_kind::ima, byte_view{e.ima_log}.first(1000));
  running_attestation moved{std::move(*run)};
  run.reset();
  moved.take_log_part(log_kind::ima, byte_view{e.ima_log}.subspan(1000));
  CHECK(std::move(moved).finish().end == attestation_end::verified);
}
