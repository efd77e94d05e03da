#include "tests/tpm/evidence/quoting.hpp"
#include "tests/tpm/logs.hpp"
#include "tpm/evidence/boot_log.hpp"
#include "tpm/evidence/boot_replay.hpp"
#include "tpm/evidence/ima_replay.hpp"

using namespace muster;
using namespace muster::testing;
using tpm::event_type;

namespace {

const std::vector<hash_algorithm> two_banks{hash_algorithm::sha1, hash_algorithm::sha256};

/// The values of all PCRs after exactly this log.
tpm::pcr_values values_after(byte_view raw, std::uint8_t locality = 0) {
  const auto log = tpm::parse_event_log(raw);
  REQUIRE_MESSAGE(log.ok(), log.fault().check);
  tpm::pcr_values out;
  for (const auto& bank : log->banks()) {
    crypto::hasher hash{hash_algorithm_from(bank.algorithm).value()};
    const auto replayed = tpm::replay_bank(*log, hash, ~0U, locality);
    for (unsigned pcr = 0; pcr < tpm::pcr_count; ++pcr)
      REQUIRE(out.set(replayed.bank, pcr, replayed.values[pcr].view()).ok());
  }
  return out;
}

/// Whether the log is still accepted as what the machine booted: exactly the PCRs of `explained` are
/// explained, and none is contradicted.
bool holds(byte_view raw, const tpm::verified_pcrs& quoted, std::uint32_t explained) {
  auto log = tpm::parse_event_log(raw);
  if (!log) return false;
  const auto verified = tpm::verify_boot_log(*std::move(log), quoted);
  if (!verified) return false;
  CHECK((verified->explained() & verified->contradicted()) == 0);
  return verified->contradicted() == 0 && verified->explained() == explained;
}

event_log_builder small_boot() {
  event_log_builder out{two_banks};
  out.event(0, event_type::s_crtm_version, as_bytes("1.0"));
  for (unsigned pcr = 0; pcr < 8; ++pcr)
    out.separator(pcr);
  return out;
}

} // namespace

TEST_CASE("check 11: every machine's log replays to its PCRs in every bank") {
  const quoting_tpm chip;
  for (const std::string machine : machines) {
    CAPTURE(machine);
    const auto raw = read_test_data("vm/" + machine + "/binary_bios_measurements");
    const auto values = parse_pcrread(read_test_data("vm/" + machine + "/pcrread.txt"));
    const bool grub = machine.starts_with("grub") || machine.starts_with("bank");
    const auto verified = tpm::verify_boot_log(tpm::parse_event_log(raw).value(), chip.verified(values));
    REQUIRE(verified.ok());
    CHECK(verified->explained() == (grub ? 0x43ffU : 0x2ffU)); // PCR 0-9 and 14; PCR 0-7 and 9
    CHECK(verified->contradicted() == 0);
    CHECK(verified->unlogged() == 0);
    CHECK(verified->unexplained() == 0);
    CHECK((verified->explained() | verified->unmeasured() | tpm::default_ima_pcrs) == 0xffffff);
    CHECK(verified->banks().size() == (machine.starts_with("bank") ? 1 : 4));
    CHECK(verified->bank() == hash_algorithm::sha256);
    CHECK(verified->events().size() == (grub ? 51 : 25));
  }
}

TEST_CASE("check 11: logs of other virtual machines replay to the PCRs that are stored with them") {
  const quoting_tpm chip;
  for (const std::string folder : {"custom", "mypol", "sha512", "t-evm-sig", "t-ima", "t-ima-buf",
                                   "t-ima-modsig", "t-ima-ng", "t-ima-ngv2", "uefi"}) {
    CAPTURE(folder);
    const auto raw = read_shared("vm/" + folder + "/bios.bin");
    const auto pcrs = read_shared("vm/" + folder + "/pcrs");
    if (!raw || !pcrs) {
      MESSAGE("skipped: ../shared/testdata/vm/", folder, " is not there");
      continue;
    }
    CHECK(holds(*raw, chip.verified(parse_pcr_lines(*pcrs)), folder == "uefi" ? 0x2ff : 0xff));
  }
}

TEST_CASE("check 11: a flipped bit fails, except where no digest covers it") {
  // Not covered: type and data of each event (a flip may make things worse, never better), and PCR, digest,
  // platform class and versions of the header event.
  const quoting_tpm chip;
  auto raw = read_test_data("vm/direct-tis/binary_bios_measurements");
  const auto quoted = chip.verified(parse_pcrread(read_test_data("vm/direct-tis/pcrread.txt")));
  std::vector<bool> covered(raw.size(), true);
  const auto uncover = [&covered](std::size_t from, std::size_t size) {
    std::fill_n(covered.begin() + static_cast<std::ptrdiff_t>(from), size, false);
  };
  const auto log = tpm::parse_event_log(raw).value();
  for (const auto& event : log.events()) {
    if (event.number == 0) continue;
    uncover(event.offset + 4, 4);
    uncover(static_cast<std::size_t>(event.data.data() - raw.data()), event.data.size());
  }
  uncover(0, 4);
  uncover(8, 20);
  uncover(32 + 16, 8);
  REQUIRE(holds(raw, quoted, 0x2ff));
  std::size_t stayed = 0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    CAPTURE(i);
    const auto bit = static_cast<std::uint8_t>(1U << (i % 8));
    raw[i] = static_cast<std::uint8_t>(raw[i] ^ bit);
    const bool held = holds(raw, quoted, 0x2ff);
    raw[i] = static_cast<std::uint8_t>(raw[i] ^ bit);
    stayed += held ? 1 : 0;
    if (covered[i]) CHECK_FALSE(held);
  }
  CHECK(stayed > 0);
}

TEST_CASE("check 11: one bank that disagrees fails the whole log") {
  const quoting_tpm chip;
  const auto raw = small_boot().view();
  auto values = values_after(raw);
  REQUIRE(values.set(hash_algorithm::sha1, 4, bytes(20, 7)).ok());
  const auto verified = tpm::verify_boot_log(tpm::parse_event_log(raw).value(), chip.verified(values));
  REQUIRE(verified.ok());
  CHECK(verified->contradicted() == 1U << 4U);
  CHECK(verified->explained() == 0xef);
  for (const auto& event : verified->events())
    CHECK(event.pcr != 4);
}

TEST_CASE("check 11: a log without a quoted bank is refused, not accepted") {
  const quoting_tpm chip;
  const auto raw = small_boot().view();
  tpm::pcr_values sha384;
  REQUIRE(sha384.set(hash_algorithm::sha384, 0, bytes(48, 0)).ok());
  const auto verified = tpm::verify_boot_log(tpm::parse_event_log(raw).value(), chip.verified(sha384));
  REQUIRE_FALSE(verified.ok());
  CHECK(verified.fault().code == errc::unsupported);
}

TEST_CASE("check 11: a log without SHA-256 hides denied events if SHA-256 was quoted, whatever other banks "
          "it has") {
  const quoting_tpm chip;
  const std::vector banks{hash_algorithm::sha384};
  event_log_builder log{banks};
  log.event(4, event_type::efi_action, as_bytes("denied"));
  auto values = values_after(log.view());
  const auto parsed = tpm::parse_event_log(log.view()).value();
  CHECK(tpm::verify_boot_log(parsed, chip.verified(values)).ok()); // no other values were quoted
  REQUIRE(values.set(hash_algorithm::sha256, 4, bytes(32, 7)).ok());
  const auto verified = tpm::verify_boot_log(parsed, chip.verified(values));
  REQUIRE_FALSE(verified.ok());
  CHECK(verified.fault().code == errc::unsupported);
}

TEST_CASE("check 11: events removed, added, swapped or moved to another PCR contradict the quote") {
  const quoting_tpm chip;
  const auto raw = small_boot().event(4, event_type::efi_action, as_bytes("A")).action(4, "B").view();
  const auto quoted = chip.verified(values_after(raw));
  REQUIRE(holds(raw, quoted, 0xff));
  const auto base = [] { return small_boot(); };
  CHECK_FALSE(holds(base().view(), quoted, 0xff));
  CHECK_FALSE(holds(base().action(4, "A").view(), quoted, 0xff));
  CHECK_FALSE(holds(base().action(4, "B").action(4, "A").view(), quoted, 0xff));
  CHECK_FALSE(holds(base().action(4, "A").action(4, "B").action(4, "B").view(), quoted, 0xff));
  CHECK_FALSE(holds(base().action(4, "A").action(5, "B").view(), quoted, 0xff));
  CHECK_FALSE(holds(base().action(4, "A").action(4, "B").action(8, "C").view(), quoted, 0xff));
}

TEST_CASE("check 12: EV_NO_ACTION is never extended, whatever it contains") {
  const quoting_tpm chip;
  const auto raw = small_boot().view();
  const auto quoted = chip.verified(values_after(raw));
  const auto more = small_boot()
                        .event(4, event_type::no_action, as_bytes("all is well"))
                        .event(99, event_type::no_action, {});
  CHECK(holds(more.view(), quoted, 0xff));
  const auto verified = tpm::verify_boot_log(tpm::parse_event_log(more.view()).value(), quoted).value();
  for (const auto& event : verified.events())
    CHECK(event.measured());
}

TEST_CASE("check 16: a start value does not count as measured, and what the log cannot explain is reported") {
  const quoting_tpm chip;
  const auto raw = event_log_builder{two_banks}.separator(1).view();
  auto values = values_after(raw);
  REQUIRE(values.set(hash_algorithm::sha256, 0, tpm::start_value(hash_algorithm::sha256, 0, 3).view()).ok());
  REQUIRE(values.set(hash_algorithm::sha256, 11, bytes(32, 1)).ok());
  REQUIRE(values.set(hash_algorithm::sha256, 16, bytes(32, 1)).ok());
  REQUIRE(values.set(hash_algorithm::sha256, 10, bytes(32, 1)).ok());
  const auto verified =
      tpm::verify_boot_log(tpm::parse_event_log(raw).value(), chip.verified(only(values, 0x031c07)));
  REQUIRE(verified.ok());
  CHECK(verified->explained() == 0b10);
  CHECK(verified->unexplained() == 1U << 11U);
  CHECK(verified->unlogged() == 1U << 16U);
  CHECK(verified->unmeasured() == (0x031c07U & ~(0b10U | 1U << 10U | 1U << 11U | 1U << 16U)));
  CHECK(verified->contradicted() == 0);
  CHECK(tpm::start_value(hash_algorithm::sha1, 17) == crypto::digest{bytes(20, 0xff)});
  CHECK(tpm::start_value(hash_algorithm::sha1, 23) == crypto::digest{bytes(20, 0)});
}

TEST_CASE("check 17: IMA continues from the TPM's start value, whatever the boot log says") {
  const quoting_tpm chip;
  const auto raw = small_boot().event(10, event_type::event_tag, as_bytes("x")).view();
  auto values = values_after(raw);
  tpm::pcr_selection selection;
  REQUIRE(selection.add(hash_algorithm::sha256, 1U << 10U).ok());
  const auto start = tpm::first_log_state(selection).value();
  CHECK(same(start.values.get(hash_algorithm::sha256, 10), bytes(32, 0)));
  // PCR 10 may have any value: with these events, or with others.
  for (const auto& value : {muster::to_bytes(values.get(hash_algorithm::sha256, 10)), bytes(32, 9)}) {
    REQUIRE(values.set(hash_algorithm::sha256, 10, value).ok());
    const auto verified =
        tpm::verify_boot_log(tpm::parse_event_log(raw).value(), chip.verified(values)).value();
    CHECK(verified.contradicted() == 1U << 10U);
    CHECK(verified.explained() == 0xff);
  }
}

TEST_CASE("check 17: IMA does not begin in a PCR that no longer has the TPM's start value") {
  tpm::pcr_selection selection;
  REQUIRE(selection.add(hash_algorithm::sha256, 1U << 10U | 1U << 12U).ok());
  const auto raw = ima_record(12, "ima-ng", ima_ng_data("/usr/bin/x", "x"));
  tpm::ima_log_reader reader;
  tpm::ima_entry entry;
  REQUIRE(reader.read(raw, entry).value() == raw.size());
  auto state = tpm::first_log_state(selection).value();
  CHECK(tpm::ima_replay::begin(state, selection)->extend(entry).ok());
  REQUIRE(state.values.set(hash_algorithm::sha256, 12, bytes(32, 5)).ok());
  CHECK_FALSE(tpm::ima_replay::begin(state, selection)->extend(entry).ok());
  state.ima_pcrs |= 1U << 12U; // IMA extended this PCR
  CHECK(tpm::ima_replay::begin(state, selection)->extend(entry).ok());
}

TEST_CASE("check 11: SHA-1 proves nothing if a stronger bank was quoted") {
  const quoting_tpm chip;
  const auto old = event_log_builder{{hash_algorithm::sha1}}.separator(4).view();
  auto values = values_after(old);
  CHECK(tpm::verify_boot_log(tpm::parse_event_log(old).value(), chip.verified(values))->explained()
        == 1U << 4U);
  REQUIRE(values.set(hash_algorithm::sha256, 4, bytes(32, 9)).ok());
  const auto beside = tpm::verify_boot_log(tpm::parse_event_log(old).value(), chip.verified(values));
  REQUIRE_FALSE(beside.ok());
  CHECK(beside.fault().code == errc::unsupported);
}

TEST_CASE("check 11: banks other than SHA-256 replay alone and together with it") {
  const quoting_tpm chip;
  using banks = std::vector<hash_algorithm>;
  struct row {
    const char* what;
    banks logged;
    banks quoted;
    hash_algorithm read;
  };
  const row rows[] = {
      {"SM3 beside SHA-256, quoted in both",
       {hash_algorithm::sm3_256, hash_algorithm::sha256},
       {hash_algorithm::sm3_256, hash_algorithm::sha256},
       hash_algorithm::sha256},
      {"SM3 beside SHA-256, quoted in SHA-256",
       {hash_algorithm::sm3_256, hash_algorithm::sha256},
       {hash_algorithm::sha256},
       hash_algorithm::sha256},
      {"SM3 alone", {hash_algorithm::sm3_256}, {hash_algorithm::sm3_256}, hash_algorithm::sm3_256},
      {"SHA-384 and SHA-512 alone",
       {hash_algorithm::sha384, hash_algorithm::sha512},
       {hash_algorithm::sha384, hash_algorithm::sha512},
       hash_algorithm::sha512},
  };
  for (const auto& one : rows) {
    CAPTURE(one.what);
    event_log_builder builder{one.logged};
    builder.action(4, "Calling EFI Application from Boot Option").separator(4);
    const auto parsed = tpm::parse_event_log(builder.view()).value();
    tpm::pcr_values values;
    for (const auto bank : one.quoted) {
      crypto::hasher hash{bank};
      const auto replayed = tpm::replay_bank(parsed, hash, ~0U, 0);
      REQUIRE(values.set(bank, 4, replayed.values[4].view()).ok());
    }
    const auto verified = tpm::verify_boot_log(parsed, chip.verified(values));
    REQUIRE_MESSAGE(verified.ok(), verified.fault().check);
    CHECK(verified->explained() == 1U << 4U);
    CHECK(verified->banks().size() == one.quoted.size());
    CHECK(verified->bank() == one.read);
    // The last bank is compared as well.
    const auto last = one.quoted.back();
    REQUIRE(values.set(last, 4, bytes(digest_size(last), 7)).ok());
    CHECK(tpm::verify_boot_log(parsed, chip.verified(values))->contradicted() == 1U << 4U);
  }
}

TEST_CASE("check 11: a bank whose digests are incomplete is as if the log did not have it") {
  const quoting_tpm chip;
  // Windows leaves the SHA-1 digest out.
  auto windows = small_boot();
  windows.event_of({hash_algorithm::sha256}, 5, event_type::event_tag, as_bytes("x"));
  auto values = values_after(windows.view());
  for (unsigned pcr = 0; pcr < 8; ++pcr)
    REQUIRE(values.set(hash_algorithm::sha1, pcr, bytes(20, 9)).ok()); // nothing explains them
  const auto parsed = tpm::parse_event_log(windows.view()).value();
  const auto verified = tpm::verify_boot_log(parsed, chip.verified(values));
  REQUIRE_MESSAGE(verified.ok(), verified.fault().check);
  CHECK(verified->banks() == std::vector{hash_algorithm::sha256});
  CHECK(verified->explained() == 0xff);
  // Root drops a SHA-256 digest to hide an event: the log explains nothing, as if there were none.
  auto hiding = small_boot();
  hiding.event_of({hash_algorithm::sha1}, 4, event_type::action, as_bytes("evil"));
  const auto hidden =
      tpm::verify_boot_log(tpm::parse_event_log(hiding.view()).value(), chip.verified(values));
  REQUIRE_FALSE(hidden.ok());
  CHECK(hidden.fault().code == errc::unsupported);
}
